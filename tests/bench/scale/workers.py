#!/usr/bin/env python3
"""How far a fleet grows with its workers: simulated, with service times that were measured.

    python3 tests/bench/scale/workers.py [GRANTED RECORDED]     jobs a second that one centre grants and records (tests/bench/fleet/run)

A worker has four seats; a visit takes as long as whole visits and cheap looks took (docs/scale.md), by chance about their mean. One
host is visited by one at a time, with two seconds between; landings lie on hosts by a power law. The centre grants in ticks of 100 ms
so many that each seat has one job more waiting, as `src/fleet/dispatcher.rs` does.
"""

import heapq, random, sys
from collections import deque

GRANTED, RECORDED = (float(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (300.0, 250.0)
SEATS, TICK, PAUSE, SPAN = 4, 0.1, 2.0, 1_200.0
TIMES = {"whole visits": (23.0, 0.5), "cheap looks": (8.0, 0.1)}


def simulate(workers, mean, spread, hosts, skew, seed=7):
    """Jobs a second in the second half of the span, and which share of the seats had work."""
    chance = random.Random(seed)
    weights = [1 / (rank + 1) ** skew for rank in range(hosts)]
    waiting = deque(chance.choices(range(hosts), weights, k=int(workers * SEATS * SPAN / mean * 1.3) + 1_000))
    free_at, busy, set_aside = {}, set(), {}
    seats, queue = workers * SEATS, deque()
    idle, working, done, worked = seats, [], 0, 0.0
    now, recorder_free, under_way = 0.0, 0.0, 0
    while now < SPAN:
        now += TICK
        while working and working[0][0] <= now:
            ended, host, took = heapq.heappop(working)
            idle += 1
            # Recorded one after the other; the host is free when that is done.
            recorder_free = max(recorder_free, ended) + 1 / RECORDED
            free_at[host] = recorder_free + PAUSE
            busy.discard(host)
            under_way -= 1
            if ended > SPAN / 2:
                done, worked = done + 1, worked + took
        room = min(2 * seats - under_way, int(GRANTED * TICK), 256)
        looked = 0
        ready = [host for host, jobs in list(set_aside.items())[:2_000] if jobs and host not in busy and free_at.get(host, 0) <= now]
        for host in ready[:room]:
            set_aside[host] -= 1
            if not set_aside[host]:
                del set_aside[host]
            busy.add(host)
            queue.append(host)
            under_way, room = under_way + 1, room - 1
        while room > 0 and waiting and looked < 4_000:
            looked += 1
            host = waiting.popleft()
            if host in busy or free_at.get(host, 0) > now or host in set_aside:
                set_aside[host] = set_aside.get(host, 0) + 1
                continue
            busy.add(host)
            queue.append(host)
            under_way, room = under_way + 1, room - 1
        while idle and queue:
            host = queue.popleft()
            took = mean * chance.lognormvariate(-spread**2 / 2, spread)
            heapq.heappush(working, (now + took, host, took))
            idle -= 1
    return done / (SPAN / 2), worked / (SPAN / 2) / seats


print(f"a centre that grants {GRANTED:.0f} jobs/s and records {RECORDED:.0f}/s; {SEATS} seats a worker; jobs/s (share of the seats at work)")
print("| | " + " | ".join(f"{workers} workers" for workers in (1, 4, 16, 64, 250, 1_000)) + " |")
print("|---|" + "---|" * 6)
for name, (mean, spread) in TIMES.items():
    for where, hosts, skew in (("100,000 hosts, even", 100_000, 0.0), ("10,000 hosts by a power law", 10_000, 1.0)):
        row = []
        for workers in (1, 4, 16, 64, 250, 1_000):
            rate, share = simulate(workers, mean, spread, hosts, skew)
            row.append(f"{rate:.1f} ({share:.0%})")
        print(f"| {name}, {where} | " + " | ".join(row) + " |", flush=True)
