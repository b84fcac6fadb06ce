"""Writes expected.tsv: many addresses and the keys that the Python package `surt` (0.3.1) makes of them.

usage: pip install surt==0.3.1 && python3 expected.py >expected.tsv
"""
import itertools
import json
import random

from surt import surt

random.seed(7)

HOSTS = [
    "a.test", "www.a.test", "WWW2.A.Test", "www12.shop.a.co.uk", "a.test.", "a..test", "wwww.a.test", "www.test",
    "xn--fiq228c.xn--55qx5d", "中文.公司", "1.2.3.4", "127.0.0.1", "[::1]", "[2001:db8::7]", "localhost", "a_b.test", "user@a.test",
    "user:pass@www.a.test", "2130706433", "a-b.c-d.e-f.test",
]
PORTS = ["", ":80", ":443", ":8080", ":", ":0"]
PATHS = [
    "", "/", "//", "/a", "/a/", "/A/B/", "/a//b", "/a/./b", "/a/../b", "/../a", "/a/b/../../..", "/a%20b", "/a b", "/a%2fb", "/%41%42",
    "/%25%32%35", "/%2525252541", "/中文", "/%E4%B8%AD", "/%e4%b8%ad/", "/a;jsessionid=0123456789abcdef0123456789ABCDEF",
    "/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx", "/(4hqa0555fwsecu455xqckv45)/mileg.aspx", "/a\"b'c<d>e|f`g^h", "/a%", "/a%2", "/a%zz",
    "/a+b", "/a,b)c(d", "/a%23b", "/a%3fb", "/~a/%7Eb", "/a\\b", "/a%00b", "/index.HTML",
]
QUERIES = [
    "", "?", "?a", "?a=", "?a=1", "?b=2&a=1", "?A=1&a=2", "?a=2&a=1&a", "?a=1&&b=2", "?&", "?=", "?a=1=2", "?a=%20", "?a=+b", "?a=中",
    "?a=%E4%B8%AD", "?a=%26&b=%3D", "?a=1#f", "#f", "?a?b", "?phpsessid=0123456789abcdef0123456789abcdef",
    "?x=1&sid=0123456789abcdef0123456789abcdef&y=2", "?jsessionid=0123456789abcdef0123456789abcdef&a=1",
    "?ASPSESSIONIDABCDEFGH=ABCDEFGHIJKLMNOPQRSTUVWX&z=1", "?cfid=1&cftoken=2&a=b", "?_=1700000000000&q=X", "?__wb_method=POST&a=1&B=2",
    "?__wb_method=POST&__wb_post_data=eyJhIjoxfQ==", "?a=%2541", "?a=[1]&b={2}", "?url=http://b.test/?x=1&y=2", "?%61=1",
]
SINGLE = [
    "urn:postlink:DOM:sha256:AB", "urn:view:http://A.test/Path?Q=1", "URN:X", "urn:a?b", "urn:a#b", "about:blank", "data:text/plain,A%20B",
    "blob:http://a.test/1-2", "javascript:void(0)", "mailto:A@b.test", "weixin://dl/business/?t=ABC", "intent://a.test/#Intent;scheme=x;end",
    "ftp://a.test:21/b", "ws://a.test:80/s", "wss://www.a.test:443/s", "dns:www.a.test", "filedesc:a", "http:a.test/b", "http:/a.test/b",
    "http:////a.test/b", "http://http://a.test/", "http://https://www.a.test/x", "a.test/b", "www.a.test", "a.test:8080/b", "http://",
    "https:///", "http://?a=1", " http://a.test/ ", "http://a.te\tst/\nb", "HTTP://A.test:80/", "HTTPS://A.test:443/", "http://a.test:99999/",
    "http://a.test:x/", "http://a.test?b=1", "http://a.test#c", "http://.a.test./", "http://%61.test/", "http://a%2etest/", "http://a.test:443/",
    "https://a.test:80/", "http://a.test/" + "x" * 3000, "http://a.test/?" + "&".join(f"k{n % 7}={n}" for n in range(300)),
    "http://999.1.1.1/", "http://010.1.1.1/", "http://1.2.3/", "http://%E4%B8%AD.test/", "http://a b.test/",
]

urls = list(SINGLE)
urls += [f"https://{host}{port}/p?b=1&a=2" for host, port in itertools.product(HOSTS, PORTS)]
urls += [f"http://www.a.test{path}" for path in PATHS]
urls += [f"http://a.test/p{query}" for query in QUERIES]
urls += [f"http://a.test{query}" for query in QUERIES]
PARTS = ["%", "25", "2", "41", "a", "B", "/", "..", ".", "?", "&", "=", "#", "+", " ", "中", "%2F", "%3F", "www.", ":", "@", ";", "~", "\\", "%0A"]
urls += ["http://a.test/" + "".join(random.choices(PARTS, k=random.randint(1, 14))) for _ in range(400)]
for _ in range(200):
    urls.append(f"https://{random.choice(HOSTS)}{random.choice(PORTS)}{random.choice(PATHS)}{random.choice(QUERIES)}")

for url in dict.fromkeys(urls):
    try:
        key = surt(url)
    except Exception:
        # Indexers take the address itself then.
        key = url
    if not any(character in key for character in "\t\r\n"):
        print(json.dumps(url, ensure_ascii=False) + "\t" + key)
