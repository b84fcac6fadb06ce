"""Shares the credit for the paths of a file by the models that marketing-attribution-models has, three times, and prints medians.

usage: .cache/governance-tools/python/bin/python tests/bench/governance/attribution.py FILE
"""

import statistics
import sys
import time

import polars
from mam.core import MAM

table = polars.read_csv(sys.argv[1], schema_overrides={"id": polars.Utf8, "hours": polars.Utf8})
begun = time.monotonic()
mam = MAM(
    table,
    format_type="journey",
    channels_colname="channels",
    journey_with_conv_colname="converted",
    user_id_colname="id",
    time_till_conv_colname="hours",
)
print(f"{len(table)} paths; taken apart in {time.monotonic() - begun:.2f} s")
for name in ["last_click", "first_click", "linear", "time_decay", "position_based", "markov"]:
    runs = []
    for _ in range(3):
        begun = time.monotonic()
        getattr(mam, f"run_{name}")()
        runs.append(time.monotonic() - begun)
    print(f"{name}: {statistics.median(runs):.3f} s")
