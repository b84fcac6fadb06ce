"""Runs a contender and measures its whole process tree: CPU seconds exactly with a control group, else from /proc."""
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


class Cage:
    """A process and all that it starts. `cpu()` is what they have used so far, also those that have ended."""

    def __init__(self, command, log):
        self.group = new_group()
        self.ended, self.peak = {}, 0.0
        enter = (lambda: (self.group / "cgroup.procs").write_text("0")) if self.group else None
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                        preexec_fn=enter, start_new_session=True)
        self.over = threading.Event()
        threading.Thread(target=self.sample, daemon=True).start()

    def pids(self):
        if self.group:
            return [int(pid) for pid in (self.group / "cgroup.procs").read_text().split()]
        parents = {pid: stat(pid)[0] for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if stat(pid)}
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found)

    def cpu(self):
        if self.group:
            usage = (self.group / "cpu.stat").read_text().split()
            return int(usage[usage.index("usage_usec") + 1]) / 1e6
        for pid in self.pids():
            if got := stat(pid):
                self.ended[pid] = got[1]
        return sum(self.ended.values())

    def sample(self):
        """Peak memory twice a second; without a control group also the CPU of those that may end soon."""
        while not self.over.wait(0.5 if self.group else 0.1):
            self.peak = max(self.peak, sum(map(proportional, self.pids())))
            if not self.group:
                self.cpu()

    def end(self):
        """Waits until all are gone, ends those that stay, and gives the CPU seconds of all."""
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        last = time.monotonic() + 10
        while (left := [pid for pid in self.pids() if stat(pid)]) and time.monotonic() < last:
            time.sleep(0.05)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.over.set()
        used = self.cpu()
        if self.group:
            time.sleep(0.1)
            self.group.rmdir()
        return used


def new_group():
    """A control group of our own, where we may make one (version 2 counts CPU without any controller)."""
    for line in open("/proc/mounts"):
        if line.split()[2] == "cgroup2":
            group = Path(line.split()[1]) / f"postlink-bench-{os.getpid()}-{time.monotonic_ns()}"
            try:
                group.mkdir()
                return group
            except OSError:
                return None
    return None


def stat(pid):
    """The parent and the CPU seconds of a process, or nothing once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK)


def proportional(pid):
    """MiB of a process, with its share of what it has in common with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
