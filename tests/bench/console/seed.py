"""Fills a fresh store with cases, ads and landings: seed.py sqlite FILE | postgres URL, then how many cases, of how many advertisers.

The rows are those of a store that is older than what the desk keeps of it: opening it derives the rest from the lines, as it does
for every store that is brought up to date. Each ad is examined twice, a tenth of the cases is violating, and ten ads share a landing.
"""

import hashlib
import json
import random
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2026, 6, 1, tzinfo=timezone.utc)
WORDS = ["免费领", "现价", "29元/月", "限时", "官方", "正品", "贷款", "秒批", "游戏", "加盟"]
TRADES = ["game", "loan", "health", "retail", "education", "travel", "franchise", "software"]
CHECKS = ["price-mismatch", "gift-differs", "no-page", "brand-differs", "hidden-terms"]


def sha256(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def ad_of(number, advertisers):
    whose = number % advertisers
    return {
        "ad_id": f"ad-{number:06}", "click_url": f"https://h{number // 10 % 3000}.test/{number // 10}",
        "platform": ["feed", "search", "video", "social"][whose % 4], "title": " ".join(random.choices(WORDS, k=5)),
        "advertiser": {"id": f"adv-{whose:04}", "name": f"公司{whose}", "industry": TRADES[whose % 8]},
    }


def violation(ad):
    check = random.choices(CHECKS, weights=[40, 30, 20, 8, 2])[0]
    return {
        "check": check, "rule": f"{check}-{random.randrange(4)}", "pack": "cn@1", "scope": "next-level", "confidence": "high",
        "severity": random.choices(["S1", "S2", "S3", "S4"], weights=[30, 40, 25, 5])[0], "cite": ["law#1"],
        "promised": {"source": "title", "quote": random.choice(WORDS) * 8},
        "delivered": {"visitor": "phone", "level": 1, "url": ad["click_url"], "quote": random.choice(WORDS) * 8},
    }


def cases(count, ads):
    previous = None
    for number in range(1, count + 1):
        ad = ads[number % len(ads)]
        opened = BEGIN + timedelta(seconds=130 * number)
        opened_at, sealed_at = (at.strftime("%Y-%m-%dT%H:%M:%S.000000Z") for at in (opened, opened + timedelta(seconds=40)))
        verdict = random.choices(["violating", "inconclusive", "clean"], weights=[10, 15, 75])[0]
        line = json.dumps({
            "ad_id": ad["ad_id"], "verdict": verdict, "ad": ad, "filler": "x" * 1500,
            "violations": [violation(ad) for _ in range(random.randint(1, 3))] if verdict == "violating" else [],
            "gaps": [{"step": "capture", "reason": random.choice(["timeout", "challenge-page", "empty-page"]), "retry": True}]
            if verdict == "inconclusive" else [],
            "chains": [{"visitor": "phone", "hops": [{"level": 1, "status": 200}, {"level": random.choice([1, 2]), "status": 200}]}],
        }, ensure_ascii=False)
        case_id = f"{opened:%Y%m%dT%H%M%SZ}-{number:012x}"
        evidence = [{"id": sha256(f"{number} {at}"), "media_type": "image/png", "bytes": 1000, "what": "picture", "captured_at": opened_at}
                    for at in range(10)]
        manifest = json.dumps({
            "format": "postlink-manifest/1", "number": number, "case_id": case_id, "key": f"key-{number}", "ad_id": ad["ad_id"],
            "position": 0, "opened_at": opened_at, "sealed_at": sealed_at, "verdict": verdict, "line_sha256": sha256(line),
            "evidence": evidence, "tools": {}, "previous": previous,
        })
        digest = sha256(manifest)
        yield (number, case_id, f"key-{number}", ad["ad_id"], 0, opened_at, sealed_at, verdict, line, manifest, digest, previous,
               ad["advertiser"]["id"]), [(number, one["id"]) for one in evidence]
        previous = digest


CASES = "number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, line, manifest, manifest_sha256, previous, advertiser"
EVIDENCE = "case_number, evidence_id"
ADS = "ad_id, platform, advertiser, trade, landing, ad, folder, imported_at, updated_at"
LANDINGS = "landing, url, host, added_at, history"


def copied(url, table, columns, rows):
    copy = subprocess.Popen(["psql", "-qX", url, "-c", f"COPY {table} ({columns}) FROM STDIN"], stdin=subprocess.PIPE)
    text = lambda value: "\\N" if value is None else str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    for row in rows:
        copy.stdin.write(("\t".join(map(text, row)) + "\n").encode())
    copy.stdin.close()
    assert copy.wait() == 0


def main():
    kind, where, count, advertisers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    random.seed(2026)
    ads = [ad_of(number, advertisers) for number in range(count // 2)]
    landing = lambda ad: hashlib.sha256(ad["click_url"].encode()).hexdigest()[:32]
    at = int(BEGIN.timestamp() * 1000)
    landings = {landing(ad): (landing(ad), ad["click_url"], ad["click_url"].split("/")[2], at, "[]") for ad in ads}
    known = [(ad["ad_id"], ad["platform"], ad["advertiser"]["id"], ad["advertiser"]["industry"], landing(ad),
              json.dumps(ad, ensure_ascii=False), "/", at, at) for ad in ads]
    if kind == "sqlite":
        database = sqlite3.connect(where)
        put = lambda table, columns, rows: database.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(columns.split(',')))})", rows)
    else:
        put = lambda table, columns, rows: copied(where, table, columns, rows)
    put("landings", LANDINGS, landings.values())
    put("ads", ADS, known)
    blobs = []
    put("cases", CASES, (blobs.extend(these) or row for row, these in cases(count, ads)))
    put("case_evidence", EVIDENCE, blobs)
    if kind == "sqlite":
        database.commit()


main()
