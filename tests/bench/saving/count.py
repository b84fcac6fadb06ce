"""Counts what the manifests of a folder name: each time it is named, and once."""

import collections
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
manifests = [json.loads(path.read_text()) for path in (folder / "evidence/cases").glob("*.manifest.json")]
manifests.sort(key=lambda manifest: manifest["number"])
rounds = collections.defaultdict(int)   # by ad, how many of its cases were seen
kinds = collections.defaultdict(lambda: [0, 0, 0, 0])   # artefacts named, bytes named, artefacts kept, bytes kept
by_round = collections.defaultdict(lambda: [0, 0, 0])   # cases, bytes named, bytes kept anew
seen = set()
for manifest in manifests:
    rounds[manifest["ad_id"]] += 1
    this = by_round[rounds[manifest["ad_id"]]]
    this[0] += 1
    for kept in manifest["evidence"]:
        kind = kinds[kept["what"].split(":")[0].split(" at ")[0].split(" of http")[0]]
        kind[0] += 1
        kind[1] += kept["bytes"]
        this[1] += kept["bytes"]
        if kept["id"] not in seen:
            seen.add(kept["id"])
            kind[2] += 1
            kind[3] += kept["bytes"]
            this[2] += kept["bytes"]


def row(name, *cells):
    print(f"| {name} | " + " | ".join(cells) + " |")


def kb(count):
    return f"{count / 1000:,.0f} kB"


print("| round | cases | bytes named | bytes kept anew | saved |\n|---|--:|--:|--:|--:|")
for number, (cases, named, kept) in sorted(by_round.items()):
    row(number, str(cases), kb(named), kb(kept), f"{1 - kept / named:.0%}")
print("\n| what | named | bytes | kept | bytes | saved |\n|---|--:|--:|--:|--:|--:|")
for name, (named, bytes_named, kept, bytes_kept) in sorted(kinds.items(), key=lambda kind: -kind[1][1]):
    row(name, str(named), kb(bytes_named), str(kept), kb(bytes_kept), f"{1 - bytes_kept / max(bytes_named, 1):.0%}")
total = [sum(column) for column in zip(*kinds.values())]
row("together", str(total[0]), kb(total[1]), str(total[2]), kb(total[3]), f"{1 - total[3] / total[1]:.0%}")
