#!/usr/bin/env python3
"""Says whether an import told just what is wrong, and lost nothing else. usage: check.py FILE REJECTS DATABASE KIND"""
import json
import sqlite3
import sys

file, rejects, database, kind = sys.argv[1:]
truth = json.load(open(file + ".truth.json"))
expected = [line.split() for line in open(file + ".bad")]
expected = {int(line): ("" if field == "-" else field, kept == "1") for line, field, kept in expected}
told, wrong = 0, []
for line in open(rejects):
    one = json.loads(line)
    told += 1
    if expected.pop(one["line"], None) != (one.get("field", ""), one["kept"]) or not one["reason"]:
        wrong.append(one)
rows, numbers = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(
    f"SELECT count(*), sum(CAST(substr(id, 2) AS INTEGER)) FROM {kind}").fetchone()
print(f"told {told} of {truth['told']}, {len(wrong)} of them wrongly, {len(expected)} not at all; "
      f"{rows} rows are there of {truth['new']}, sum of their numbers {'the same' if numbers == truth['numbers'] else 'ANOTHER'}")
if wrong or expected or told != truth["told"] or (rows, numbers) != (truth["new"], truth["numbers"]):
    print(wrong[:5], list(expected.items())[:5])
    sys.exit("something was told wrongly, or lost")
