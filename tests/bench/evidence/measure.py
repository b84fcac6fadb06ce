"""Measures a folder of cases: its parts on disk, and what verifying and handing over take, beside sha256sum on the same files."""

import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

program, folder, room = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
shutil.rmtree(room, ignore_errors=True)
room.mkdir(parents=True)


def size(path):
    """Bytes of all files below, second names of one file counted once."""
    seen = {}
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file() and not file.is_symlink():
            stat = file.stat()
            seen[stat.st_ino] = stat.st_size
    return sum(seen.values())


def run(*command, times=3):
    """Medians of seconds by the clock and of the processor."""
    took = []
    for _ in range(times):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"{command}: {done.returncode}: {done.stderr.decode()[-2000:]}")
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        took.append((time.monotonic() - began, cpu))
    return [statistics.median(column) for column in zip(*took)]


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


manifests = [json.loads(path.read_text()) for path in (folder / "evidence/cases").glob("*.manifest.json")]
cases = len(manifests)
packages = [kept["bytes"] for manifest in manifests for kept in manifest["evidence"] if kept["what"] == "package"]
lines = sum(len(line) for line in (folder / "cases.jsonl").open("rb")) / max(1, sum(1 for _ in (folder / "cases.jsonl").open()))
blobs = size(folder / "evidence/sha256")
parts = {
    "artefacts, each once": blobs - sum(packages),
    "packages": sum(packages),
    "manifests": size(folder / "evidence/cases"),
    "database": size(folder / "postlink.db"),
}
print(f"\n{cases} cases of {len({manifest['ad_id'] for manifest in manifests})} ads; a line of cases.jsonl has {lines / 1000:.0f} kB\n")
print("| on disk | a case | 1,000 cases |\n|---|--:|--:|")
for name, count in (*parts.items(), ("together", sum(parts.values()))):
    row(name, f"{count / cases / 1000:,.0f} kB", f"{count / cases / 1e6:,.2f} GB")

print("\n| one package | kB |\n|---|--:|")
for name, share in (("smallest", 0), ("a tenth are below", 0.1), ("median", 0.5), ("a tenth are above", 0.9), ("largest", 1)):
    row(name, f"{sorted(packages)[round(share * (len(packages) - 1))] / 1000:,.0f}" if packages else "")

# A package has a second name, which nobody needs to read.
files = sorted({file.stat().st_ino: str(file) for file in (folder / "evidence").rglob("*") if file.is_file()}.values())
hashed = sum(os.path.getsize(file) for file in files)
verify = run(program, "verify", str(folder))
peer = run("sha256sum", *files)
one = next(iter(sorted(folder.glob("evidence/*.wacz"))), None)
print("\n| | bytes | seconds | CPU s | MB/s of CPU |\n|---|--:|--:|--:|--:|")
row(f"verify the folder: {cases / verify[1]:,.0f} cases a CPU s", f"{hashed / 1e6:,.1f} MB", f"{verify[0]:.2f}", f"{verify[1]:.2f}", f"{hashed / 1e6 / verify[1]:,.0f}")
row("sha256sum on its files", f"{hashed / 1e6:,.1f} MB", f"{peer[0]:.2f}", f"{peer[1]:.2f}", f"{hashed / 1e6 / peer[1]:,.0f}")
if one:
    took = run(program, "verify", str(one))
    row("verify one package", f"{one.stat().st_size / 1e6:,.2f} MB", f"{took[0]:.2f}", f"{took[1]:.2f}", f"{one.stat().st_size / 1e6 / took[1]:,.0f}")
bundle = room / "bundle"
took = run(program, "export", "--data", str(folder), "--all", "--out", str(bundle), times=1)
row("hand over the latest case of every ad", f"{size(bundle) / 1e6:,.1f} MB", f"{took[0]:.2f}", f"{took[1]:.2f}", f"{size(bundle) / 1e6 / took[1]:,.0f}")
took = run(program, "verify", str(bundle))
row("verify what was handed over", f"{size(bundle) / 1e6:,.1f} MB", f"{took[0]:.2f}", f"{took[1]:.2f}", f"{size(bundle) / 1e6 / took[1]:,.0f}")
