#!/usr/bin/env python3
"""What the database itself takes for the same rows: python's csv and executemany into the same tables with the same indexes, nothing
checked, linked or digested. usage: limit.py FILE DATABASE KIND      DATABASE: one that postlink made, in an own folder"""
import csv
import itertools
import resource
import sqlite3
import sys
import time

file, database, kind = sys.argv[1:]
base = sqlite3.connect(database)
base.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
numbers = {"at", "rating", "refunded"}
with open(file, encoding="utf-8", errors="replace", newline="") as rows:
    rows = csv.reader(rows)
    head = next(rows)
    names = {"text": "said", "user": "user_id"}
    columns = [names.get(name, name) for name in head]
    size = columns.index("size") if "size" in columns else None
    fixed = {"touchpoints": {"prefetch": 0}, "complaints": {}}[kind] | {"platform": "feed", "digest": "0" * 32, "kept_until": 1_900_000_000_000}
    if size is not None:
        columns[size] = "width"
    if kind == "complaints":
        columns = [*columns, "belongs", "linked_by"]
    insert = f"INSERT OR IGNORE INTO {kind} ({', '.join([*columns, *fixed])}) VALUES ({', '.join('?' * (len(columns) + len(fixed)))})"

    def value(name, text):
        if text == "":
            return None
        if name == "width":
            return int(text.split("x")[0])
        return int(text) * (1000 if name == "at" else 1) if name in numbers else text

    def taken():
        for row in rows:
            if len(row) != len(head):
                continue
            try:
                told = [value(name, text) for name, text in zip(columns, row)]
            except ValueError:
                continue
            yield [*told, *([told[columns.index("ad")], "ad"] if kind == "complaints" else []), *fixed.values()]

    start, many, all_rows = time.monotonic(), 0, taken()
    while some := list(itertools.islice(all_rows, 5_000)):
        with base:
            many += base.executemany(insert, some).rowcount
took, used = time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF)
print(f"limit: {many} rows in {took:.1f} s ({many / took:,.0f} rows/s), {used.ru_utime + used.ru_stime:.1f} s CPU, {used.ru_maxrss // 1024} MB")
