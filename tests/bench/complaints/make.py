#!/usr/bin/env python3
"""Writes files of any size as platforms send them, with rows that are wrong in known ways.

usage: make.py KIND GIGABYTES FILE      KIND: complaints or touchpoints

Beside FILE: FILE.ads.jsonl (the ads that are known), FILE.bad (one line for each row that must be told: its line, the field, whether
it is kept) and FILE.truth.json (what must be there in the end). Everything is drawn from the row's number: a row that comes again is
made again. Of a thousand rows 17 are wrong, and 20 more are GB18030 in a file of UTF-8.
"""
import json
import sys

KIND, GIGABYTES, FILE = sys.argv[1], float(sys.argv[2]), sys.argv[3]
ADS, DAYS = 2_000, 365
NOW = 1_795_000_000  # 2026-11-18
WORDS = """昨天看到这个广告就下单了，结果等了|说好的买一送一|客服一直说在处理|页面上写的是九块九|付款的时候变成了九十九|打电话过去没人接|我妈妈不会用手机|
点了一下就开通了会员|每个月自动扣钱|申请退款被驳回|说是超过了七天|物流三天没有动过|收到的颜色跟图片完全两样|尺码偏小穿不下|包装盒是破的|里面少了一件|充值以后没有到账|
等级也没有升|游戏里说送的皮肤领不到|客服让我再等等|预约了两次都说满了|到店以后又要加钱|技师一直推销办卡|不办卡脸色就很难看|课程打不开|老师也换了人|说好的一对一变成大班|
贷款额度说有二十万|填完资料一直打骚扰电话|利息跟广告里说的不一样|孩子用我的手机点进去的|冲了六百多块|要求平台处理|希望给个说法|截图都有|订单号可以提供|快递说没有这个单号|
东西用了两天就坏了|闻着有一股味道|皮肤起了红疹子|去医院看了说是过敏|商家不承认|广告里那个医生是假的吧|同一个广告一天弹好几次|关都关不掉|点叉也会跳转|晚上还在弹|
房间跟照片差太多|前台说没有这个优惠|券根本核销不了|有效期只剩一天|话费莫名其妙少了二十|查了账单才知道开了彩铃|退订要发短信|发了也没有用|提现要满五十才行|
邀请了十个人还是差一分钱|名额说是没有了|活动规则改来改去|当时主播不是这样说的|有录屏|已经是第三次反映了|再不解决就打12315|算了不想追究就是提醒大家|""".replace("\n", "").split("|")[:64]
SOURCES = ("comment", "report", "hotline", "rating", "refund")
HEADS = {
    "complaints": "id,source,at,text,user,ad,click,rating,refunded",
    "touchpoints": "id,kind,at,user,ad,channel,device,ip,user_agent,size",
}
AGENTS = [f"Mozilla/5.0 (Linux; Android {10 + n % 5}; M20{n:02}) AppleWebKit/537.36 Chrome/1{n:02}.0.0.0 Mobile Safari/537.36" for n in range(40)]


def mixed(n):
    """Bits well mixed (SplitMix64)."""
    n = (n + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    n = ((n ^ (n >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    n = ((n ^ (n >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return n ^ (n >> 31)


def moment(n, rows):
    return NOW - DAYS * 86_400 + n * DAYS * 86_400 // rows


def complaint(n, rows, at=None, ad=None, refunded=None, other=""):
    bits, more = mixed(n), mixed(n ^ 0x5DEECE66D)
    # Half are comments, half the notes of agents and long letters.
    said = "，".join(WORDS[(more >> (6 * at)) & 63] for at in range(2 + bits % 8))
    if bits & 1 << 50:
        said += "。" + "。".join(WORDS[(bits * (at | 1) >> 7) & 63] + WORDS[(more * at >> 9) & 63] for at in range(8 + bits % 30))
    low = bits >> 40 & 0xFFFF
    ad = f"a{low * low // 2_147_484 % ADS}" if ad is None else ad
    click = f"t{(bits >> 20) % (rows * 3)}" if bits % 3 == 0 else ""
    refunded = (str(bits % 50_000) if bits % 5 == 0 else "") if refunded is None else refunded
    at = moment(n, rows) if at is None else at
    return f"c{n},{SOURCES[bits % 5]},{at},{said}{other},u{more % (rows // 3 + 1)},{ad},{click},{bits % 5 + 1},{refunded}"


def touchpoint(n, rows, at=None, ad=None, refunded=None, other=""):
    bits, more = mixed(n), mixed(n ^ 0x5DEECE66D)
    low = bits >> 40 & 0xFFFF
    ad = f"a{low * low // 2_147_484 % ADS}" if ad is None else ad
    size = refunded or "300x250"
    at = moment(n, rows) if at is None else at
    address = f"{more >> 8 & 127}.{more >> 16 & 255}.{more >> 24 & 255}.{more >> 32 & 255}"
    kind = "click" if bits % 4 == 0 else "impression"
    return f"t{n},{kind},{at},u{more % (rows // 9 + 1)},{ad},信息流{other},d{more % (rows // 9 + 1)},{address},{AGENTS[bits % 40]},{size}"


def main():
    make = complaint if KIND == "complaints" else touchpoint
    wrong = "refunded" if KIND == "complaints" else "size"
    rows = int(GIGABYTES * 1e9 / (sum(len(make(n * 97, 10_000_000).encode()) for n in range(2_000)) / 2_000 + 1))
    with open(FILE + ".ads.jsonl", "w") as ads:
        for n in range(ADS):
            ad = {"ad_id": f"a{n}", "platform": "feed", "advertiser": {"id": f"m{n % 300}", "name": "某某公司"}, "title": "广告",
                  "click_url": f"https://h{n % 100}.example/p/{n}"}
            ads.write(json.dumps(ad, ensure_ascii=False) + "\n")
    kept = told = same = changed = faulty = otherwise = unknown = numbers = 0
    with open(FILE, "wb", 1 << 20) as out, open(FILE + ".bad", "w", 1 << 20) as bad:
        out.write(HEADS[KIND].encode() + b"\n")
        line, batch = 1, []
        for n in range(rows):
            line += 1
            lot = mixed(n ^ 0xC0FFEE) % 1_000
            encoding, field, is_kept, raw = "utf-8", None, False, None
            if lot >= 37:
                row = make(n, rows)
            elif lot < 20:
                row, encoding = make(n, rows), "gb18030"
                otherwise += not row.isascii()
            elif lot < 25:
                row, field, is_kept = make(n, rows, ad=f"x{n % 500}"), "ad", True
            elif lot < 28:
                row, field = make(n, rows, at=NOW + 40 * 365 * 86_400 if n % 2 else 0), "at"
            elif lot < 31:
                row, field = make(n, rows, refunded=f"-{n % 900 + 1}"), wrong
            elif lot < 33 and n > 1_000:
                # Another row under an id that was there: a wrong one of before has none that it comes under.
                before = next(m for m in range(n * 7 // 8, 0, -1) if mixed(m ^ 0xC0FFEE) % 1_000 >= 37)
                row, field = make(before, rows, other="不同"), "id"
            elif lot < 35 and n > 1_000:
                before = next(m for m in range(n * 7 // 8, 0, -1) if mixed(m ^ 0xC0FFEE) % 1_000 >= 37)
                row = make(before, rows)
                same += 1
                batch.append(row.encode() + b"\n")
                continue
            elif lot < 36:
                row, field, raw = "", "", f"c{n},comment,".encode() + b"\xff\xfe,\xff" + b"," * (HEADS[KIND].count(",") - 3)
            else:
                row, field = make(n, rows) + ",zu viel", ""
            if field is not None:
                bad.write(f"{line} {field or '-'} {int(is_kept)}\n")
                told += 1
                unknown += is_kept
                changed += field == "id"
                faulty += not is_kept and field != "id"
            if field is None or is_kept:
                kept += 1
                numbers += n
            batch.append((raw if raw is not None else row.encode(encoding)) + b"\n")
            if len(batch) == 10_000:
                out.write(b"".join(batch))
                batch = []
        out.write(b"".join(batch))
    truth = {"rows": rows, "new": kept, "same": same, "bad": faulty, "changed": changed, "unknown": unknown, "otherwise": otherwise,
             "told": told, "numbers": numbers}
    with open(FILE + ".truth.json", "w") as file:
        json.dump(truth, file)
    print(json.dumps(truth))


main()
