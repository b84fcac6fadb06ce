"""Writes twenty landing pages with about twenty sub-resources each; the same seed gives the same bytes.

usage: pages.py FOLDER       (`run` does it by itself)

Each page has styles, a large library and scripts of its own, a web font, data fetched by script, pictures as JPEG, PNG
and WebP of 20 to 300 kB, some of them only when they are scrolled to, a carousel, a countdown, a ticker, fixed buttons.
The sub-resources come from another address than the page, as from a CDN.
"""
import io
import json
import random
import sys
from pathlib import Path

import pictures
from words import OFFERS, SENTENCES

HERE = Path(__file__).parent


def write(folder):
    """Writes all pages below the folder: `<nn>/index.html` and what it loads."""
    for number, offer in enumerate(OFFERS, 1):
        page(folder / f"{number:02}", number, offer)


def page(folder, number, offer):
    name, claim, price, was, button, template, language = offer
    chance = random.Random(number)
    folder.mkdir(parents=True, exist_ok=True)
    words = SENTENCES[language]
    put = lambda file, data: (folder / file).write_bytes(data if isinstance(data, bytes) else data.encode())
    lines = [name, claim, f"¥{price}" if language == "zh" else f"${price}"] + chance.sample(words, 8)
    shots = picture_files(put, number, template, lines, chance)
    put("frame.css", utilities(chance))
    put("style.css", (HERE / "page.css").read_text() + f":root{{--ink:{chance.choice(pictures.INKS)}}}")
    for file, functions in (("library.js", 1700), ("widgets.js", 900), ("sdk.js", 500)):
        put(file, library(chance, functions))
    put("page.js", (HERE / "page.js").read_text())
    put("track.js", "setTimeout(() => { new Image().src = CDN + '/t.gif?' + Math.random() }, 300)")
    put("font.woff2", font("".join(lines) + claim + "0123456789¥$.元起" + button + name))
    comments = [{"by": f"{chance.choice('林陈黄周吴徐孙')}**", "stars": chance.randrange(3, 6), "says": chance.choice(words),
                 "face": chance.choice(shots["mark"])} for _ in range(24)]
    put("comments.json", json.dumps({"comments": comments, "sold": chance.randrange(900, 90000)}, ensure_ascii=False))
    body = markup(chance, offer, words, shots)
    if template == "app":
        # A page that its own script builds from data.
        put("body.json", json.dumps({"html": body}, ensure_ascii=False))
        body = '<div id="app" data-from="body.json"><div class="loading">…</div></div>'
    put("index.html", document(name, claim, language, body))


def picture_files(put, number, template, lines, chance):
    """Draws the page's pictures; their names by what they are."""
    shots = {"slide": [], "poster": [], "photo": [], "mark": []}

    def add(kind, at, data, form):
        shots[kind].append(f"{kind}{at}.{form}")
        put(f"{kind}{at}.{form}", data)

    for at in range(3):
        form = ["jpeg", "webp", "jpeg"][at]
        add("slide", at, pictures.photo(number * 100 + at, 1125, 660, chance.randrange(90, 300), form), form)
    for at in range(5 if template == "long" else 1):
        form = "png" if at == 1 else "jpeg"
        words = chance.sample(lines, min(len(lines), 7))
        add("poster", at, pictures.poster(number * 100 + 20 + at, 750, chance.randrange(900, 1400), words, form), form)
    for at in range(4 if template == "long" else 6):
        form = ["jpeg", "webp", "png"][at % 3] if at < 3 else "jpeg"
        size = (300, 300) if form == "png" else (640, 480)
        add("photo", at, pictures.photo(number * 100 + 40 + at, *size, chance.randrange(20, 110), form), form)
    for at in range(3):
        add("mark", at, pictures.mark(number * 100 + 60 + at, 96), "png")
    return shots


def markup(chance, offer, words, shots):
    name, claim, price, was, button, template, language = offer
    sign = "¥" if language == "zh" else "$"
    carousel = "".join(f'<img src="{{cdn}}/{shot}" alt="{name}">' for shot in shots["slide"])
    posters = "".join(f'<img class="poster" src="{{cdn}}/{shot}">' for shot in shots["poster"])
    goods = "".join(
        f'<div class="card"><img data-src="{{cdn}}/{shot}" loading="lazy"><b>{name} {at + 1}</b><p>{chance.choice(words)}</p>'
        f'<span class="price">{sign}{price}</span><s>{sign}{was}</s></div>' for at, shot in enumerate(shots["photo"]))
    points = "".join(f'<li><img src="{{cdn}}/{shots["mark"][at % 3]}" width="36"><span>{chance.choice(words)}</span></li>' for at in range(4))
    asked = "".join(f"<details><summary>{chance.choice(words)}</summary><p>{chance.choice(words)}</p></details>" for _ in range(5))
    fields = {"zh": ["姓名", "手机号码", "所在城市"], "en": ["Your name", "Phone", "Postcode"]}[language]
    form = "".join(f'<label>{field}<input placeholder="{field}"></label>' for field in fields)
    small = "".join(f"<p>{sentence}</p>" for sentence in chance.sample(words, 6))
    parts = {
        "carousel": f'<div class="carousel"><div class="reel">{carousel}</div></div>',
        "claim": f'<section class="claim"><h1>{claim}</h1><div><span class="price big">{sign}{price}</span><s>{sign}{was}</s>'
                 f'<span class="left" data-ends="{chance.randrange(900, 9000)}"></span></div><div class="ticker"></div></section>',
        "posters": f"<section>{posters}</section>",
        "points": f'<section><ul class="points">{points}</ul></section>',
        "form": f'<section class="form">{form}<button type="button" class="go">{button}</button>'
                f'<label class="tick"><input type="checkbox">{chance.choice(words)}</label></section>',
        "goods": f'<section class="goods">{goods}</section>',
        "comments": '<section class="comments" data-from="comments.json"></section>',
        "asked": f"<section>{asked}</section>",
    }
    order = {
        "long": "carousel claim posters form comments", "shop": "carousel claim goods points posters comments asked",
        "form": "claim carousel form points posters goods comments", "course": "carousel claim points posters form goods asked comments",
        "game": "carousel claim posters points goods comments", "app": "carousel claim goods form points posters asked comments",
    }[template]
    layer = f'<div class="layer"><div><b>{name}</b><p>{claim}</p><i>×</i></div></div>' if template == "game" else ""
    return ("".join(parts[part] for part in order.split()) + f'<footer>{small}</footer>'
            f'<div class="bar"><span>{sign}{price}</span><a class="go{" pulse" if template in ("long", "game") else ""}">{button}</a></div>' + layer)


def document(name, claim, language, body):
    return f"""<!doctype html>
<html lang="{'zh-CN' if language == 'zh' else 'en'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{name} {claim}</title>
<link rel="stylesheet" href="{{cdn}}/frame.css"><link rel="stylesheet" href="{{cdn}}/style.css">
<style>@font-face{{{{font-family:"headline";src:url("{{cdn}}/font.woff2") format("woff2");font-display:swap}}}}</style>
<script>const CDN = "{{cdn}}"</script><script src="{{cdn}}/library.js" defer></script><script src="{{cdn}}/widgets.js" defer></script>
<script src="{{cdn}}/page.js" defer></script><script src="{{cdn}}/sdk.js" async></script><script src="{{cdn}}/track.js" async></script></head><body>{body}</body></html>""".replace("{{", "{").replace("}}", "}")


def utilities(chance):
    """A style sheet as of a framework: some two thousand rules of which a page uses few."""
    rules = []
    for at in range(2200):
        side = chance.choice(["margin", "padding", "top", "gap", "border-radius", "line-height"])
        rules.append(f".u-{at}{{{side}:{chance.randrange(64)}px}} .u-{at}:hover>.x-{at % 97}{{opacity:.{chance.randrange(10)}}}")
    return "\n".join(rules)


def library(chance, count):
    """A library of which most is only parsed, as libraries are, and some is run while the page is built."""
    functions = []
    for at in range(count):
        a, b = chance.randrange(1, 9999), chance.randrange(1, 99)
        functions.append(f"function f{at}(x,y){{let r=x*{a}%{b + 100};for(let i=0;i<{b};i++){{r=(r*31+i+(y||0))%100003}}"
                         f"return {{id:{at},value:r,next:x>0&&f{(at * 7 + 1) % count}?r%{count}:0,label:'item-{at}-'+r}}}}")
    work = ("const all=[" + ",".join(f"f{at}" for at in range(count)) + f"];const seen=new Map();let at=1;"
            f"for(let i=0;i<{count * 16};i++){{const got=all[at](i,seen.size);seen.set(got.label,got);at=(got.value+i)%{count}}}"
            f"window.library{count}={{seen,size:seen.size,json:JSON.stringify([...seen.values()]).length}}")
    return "(()=>{" + "\n".join(functions) + "\n" + work + "})()"


def font(text):
    """The characters of a page's headlines, cut out of the machine's CJK font."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    whole = TTFont(pictures.FONT, fontNumber=2, lazy=True)
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, notdef_outline=True)
    cut = subset.Subsetter(options)
    cut.populate(text=text)
    cut.subset(whole)
    whole.flavor = "woff2"
    whole["head"].modified = whole["head"].created
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
