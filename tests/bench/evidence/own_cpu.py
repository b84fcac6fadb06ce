"""Runs a command that makes COUNT cases, and says what CPU it took a case: its own process, and those below it."""

import os
import subprocess
import sys
import time

count, command = int(sys.argv[1]), sys.argv[2:]
TICK = os.sysconf("SC_CLK_TCK")


def ticks(pid):
    """By process, those of its own, of the whole tree below."""
    parents, found = {}, {pid}
    for one in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = open(f"/proc/{one}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(one)] = int(stat[1]), int(stat[11]) + int(stat[12])
    while more := {one for one, (parent, _) in parents.items() if parent in found} - found:
        found |= more
    return {one: parents[one][1] for one in found if one in parents}


process, seen, began = subprocess.Popen(command, stdout=subprocess.DEVNULL), {}, time.monotonic()
while process.poll() is None:
    for pid, count_of in ticks(process.pid).items():
        seen[pid] = max(seen.get(pid, 0), count_of)
    time.sleep(0.2)
if process.returncode not in (0, 10, 11):
    sys.exit(f"{command}: {process.returncode}")
own = seen.pop(process.pid) / TICK
below = sum(seen.values()) / TICK
print(f"\n{count} cases in {time.monotonic() - began:.0f} s: CPU of postlink {own:.1f} s, {1000 * own / count:.0f} ms a case; "
      f"of Chromium and others below it {below:.1f} s, {1000 * below / count:.0f} ms a case")
