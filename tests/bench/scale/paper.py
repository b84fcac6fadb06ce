#!/usr/bin/env python3
"""What sweeps over many ads come to, on paper: landings by simulation, then CPU, bytes, money and time by arithmetic.

Prints the tables of docs/scale.md. Every figure below is an assumption or names where it was measured.
"""

import math
import random

SEED = 2026
# Per visit and visitor. CPU seconds: docs/benchmarks.md (1.1 a page, 0.065 for each second it is watched, 1.5 a picture read).
WHOLE = {"cpu": 1.5 + 4 * 1.1 + 2.1, "mb": 6.0, "kept_mb": 2.5, "secs": 45.0}
SEEN_AGAIN = {"cpu": 1.5 + 4 * 1.1 + 2.1, "mb": 6.0, "kept_mb": 0.4, "secs": 45.0}
CONFIRMED = {"cpu": 1.2, "mb": 0.7, "kept_mb": 0.1, "secs": 8.0}
VISITORS = 2
MEAN_HOURS = 71.0          # of the revisit policy's races
CHANGED = 0.12             # of looks that find another page
PAUSE = 2.0                # seconds between two visits to one host
CREATIVE = 2 * 1.5 + 0.3 * (4.6 + 5.1)   # CPU seconds: two pictures, three videos in ten ads, with what is said in them
OWN_CREATIVE = 0.5         # of ads that share no creative with another
NEW_ADS = 0.03             # of all ads, a day
COMPARE = 0.011            # CPU seconds an ad, measured
CPU_HOUR, GB_MOVED, GB_MONTH, KEPT_MONTHS = 0.04, 0.05, 0.02, 36
GRANTS = 300               # a second, what the dispatcher must give
BUILDER = 0.3              # of landings that lie on one host: a platform's own page builder


def sizes(ads, rng):
    """How many ads each advertiser has: most few, some very many."""
    left = ads
    while left > 0:
        size = min(left, int(8 * rng.paretovariate(1.15)))
        yield size
        left -= size


def landings(size, theta, rng):
    """How many landings they lead to: each further ad leads to a new one with a chance that falls (a restaurant process)."""
    if size > 5000:
        return round(theta * math.log1p(size / theta))
    return sum(rng.random() < theta / (n + theta) for n in range(size))


def share(theta):
    rng = random.Random(SEED)
    ads = 1_000_000
    return sum(landings(size, theta, rng) for size in sizes(ads, rng)) / ads


def day(ads, unique, confirming):
    count = ads * unique
    visits = count * 24 / MEAN_HOURS
    changed = visits * CHANGED
    # What an agreed cheap look can confirm needs no whole visit.
    same = visits - changed
    again = CONFIRMED if confirming else SEEN_AGAIN
    total = {key: VISITORS * (changed * WHOLE[key] + same * again[key]) for key in WHOLE}
    compared = COMPARE * changed / unique
    read = ads * NEW_ADS * OWN_CREATIVE * CREATIVE
    cpu_hours = (total["cpu"] + compared + read) / 3600
    money = cpu_hours * CPU_HOUR + total["mb"] / 1e3 * GB_MOVED + total["kept_mb"] / 1e3 * GB_MONTH * KEPT_MONTHS
    secs = (changed * WHOLE["secs"] + same * again["secs"]) / visits
    return {
        "landings": count,
        "jobs_s": visits / 86400,
        "cpu_h": cpu_hours,
        "visit_h": total["cpu"] / 3600,
        "read_h": read / 3600,
        "tb": total["mb"] / 1e6,
        "kept_tb": total["kept_mb"] / 1e6,
        "money": money,
        "seats": visits * secs / 86400,
        "cores": cpu_hours / 24 / 0.7,
        # One visit at a time: how long the landings of the busiest host take, once round.
        "builder_days": count * BUILDER * (secs + PAUSE) / 86400,
    }


def main():
    thetas = {"few ads a landing": 6.0, "some": 1.2, "many": 0.12}
    shares = {name: share(theta) for name, theta in thetas.items()}
    print("| ads a landing | unique landings by ads (1,000,000 ads drawn) |\n|---|---|")
    for name, value in shares.items():
        print(f"| {name}: {1 / value:.1f} | {value:.1%} |")
    for ads in (1_000_000, 100_000_000):
        print(f"\n{ads:,} ads, a day:\n")
        print("| unique | unchanged pages | jobs/s | CPU h (visits, creatives) | cores at 70 % | seats | TB fetched, kept | USD | the builder's host, once round |")
        print("|---|---|---|---|---|---|---|---|---|")
        for value in list(shares.values()) + [1.0]:
            for confirming in (False, True):
                d = day(ads, value, confirming)
                name = "one each, nothing shared" if value == 1.0 else f"{value:.1%}, {d['landings']:,.0f}"
                way = "confirmed cheaply" if confirming else "visited whole"
                print(
                    f"| {name} | {way} | {d['jobs_s']:.1f} | {d['cpu_h']:,.0f} ({d['visit_h']:,.0f}, {d['read_h']:,.0f}) | {d['cores']:,.0f} | {d['seats']:,.0f} "
                    f"| {d['tb']:,.2f}, {d['kept_tb']:,.3f} | {d['money']:,.0f} | {d['builder_days']:,.1f} days |"
                )
    per_host = MEAN_HOURS * 3600 / (WHOLE["secs"] + PAUSE)
    print(f"\none host, one visit at a time: {per_host:,.0f} landings in {MEAN_HOURS:.0f} h whole, "
          f"{MEAN_HOURS * 3600 / (CONFIRMED['secs'] + PAUSE):,.0f} confirmed; {GRANTS} grants/s are {GRANTS * 3600 * MEAN_HOURS:,.0f} landings in {MEAN_HOURS:.0f} h")


main()
