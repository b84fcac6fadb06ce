"""Draws ad pictures and page tiles whose words are known, twelve classes of them; run as `pictures.py SEED COUNT FOLDER`.

Beside the pictures stands `truth.json`: for each its class and its lines, and for each line its size in pixels.
"""
import json
import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from words import Words

NOTO = "/usr/share/fonts/opentype/noto/Noto"
FONTS = {"sans": f"{NOTO}SansCJK-Regular.ttc", "bold": f"{NOTO}SansCJK-Bold.ttc", "serif": f"{NOTO}SerifCJK-Bold.ttc"}
SIMPLIFIED = 2   # the face of the collection
STRONG = ["#c8102e", "#ff6a00", "#0b5fff", "#0a7d3c", "#7a2cbf", "#111111", "#d4006a", "#b8420b"]
LIGHT = ["#fff4e6", "#fdeef0", "#eaf4ff", "#fffbe0", "#ffffff", "#f2f7f0", "#f5f0ff"]
DARK = ["#1a1033", "#4a0010", "#03264d", "#0c3b1e", "#222222", "#5b1d00"]


def font(face, size):
    return ImageFont.truetype(FONTS[face], size, index=SIMPLIFIED)


class Sheet:
    """A picture in the making, and the lines written on it so far."""

    def __init__(self, chance, size, ground):
        self.chance, self.picture, self.lines = chance, ground(chance, size), []
        self.width, self.height = size

    def write(self, text, size, place, ink, face="bold", stroke=0, edge=None, shear=0.0, turn=0.0, spacing=0, shadow=None):
        """Writes one line with its top left corner there; gives the corner below on the right."""
        # A thicker edge would swallow the letters.
        drawn = letters(text, font(face, size), ink, min(stroke, size // 9 + 1), edge, spacing)
        if shear:
            extra = int(abs(shear) * drawn.height)
            wide = Image.new("RGBA", (drawn.width + extra, drawn.height))
            wide.paste(drawn, (0 if shear > 0 else extra, 0))
            drawn = wide.transform(wide.size, Image.AFFINE, (1, shear, -extra if shear > 0 else 0, 0, 1, 0), Image.BICUBIC)
        if turn:
            drawn = drawn.rotate(turn, Image.BICUBIC, expand=True)
        x, y = place
        if shadow:
            dark = Image.new("RGBA", drawn.size, shadow)
            self.picture.paste(dark, (x + max(2, size // 14), y + max(2, size // 14)), drawn.getchannel("A"))
        self.picture.paste(drawn, (x, y), drawn)
        self.lines.append({"text": text, "px": size})
        return x + drawn.width, y + drawn.height

    def room(self, text, face, size, within, spacing=0):
        """The largest size up to this one at which the text is no wider than that."""
        while size > 8 and font(face, size).getlength(text) + spacing * len(text) > within:
            size -= 1
        return size

    def column(self, text, size, place, ink, face="bold", gap=4):
        """Writes from top to bottom."""
        draw, (x, y) = ImageDraw.Draw(self.picture), place
        for letter in text:
            draw.text((x + size / 2, y), letter, fill=ink, font=font(face, size), anchor="mt")
            y += size + gap
        self.lines.append({"text": text, "px": size})
        return y


def letters(text, face, ink, stroke=0, edge=None, spacing=0):
    """A line on nothing, cut to its size."""
    left, top, right, bottom = face.getbbox(text, stroke_width=stroke)
    drawn = Image.new("RGBA", (int(right - left) + spacing * len(text) + 2, int(bottom - top) + 2))
    draw, x = ImageDraw.Draw(drawn), -left + 1
    for part in text if spacing else [text]:
        draw.text((x, -top + 1), part, fill=ink, font=face, stroke_width=stroke, stroke_fill=edge)
        x += face.getlength(part) + spacing
    return drawn


def plain(colours):
    return lambda chance, size: Image.new("RGB", size, chance.choice(colours))


def gradient(chance, size):
    """Two colours running into one another, with rays, rings and confetti."""
    blend = Image.linear_gradient("L").resize(size).rotate(chance.choice([0, 180]))
    first, second = chance.sample(STRONG, 2)
    ground = Image.composite(Image.new("RGB", size, first), Image.new("RGB", size, second), blend)
    return scatter(chance, ground, 26)


def photo(chance, size):
    """Clouds of colour with grain, as a photograph out of focus."""
    ground = Image.new("RGB", size, chance.choice(STRONG))
    for cells, weight in ((4, 0.6), (14, 0.4), (60, 0.22)):
        noise = Image.frombytes("RGB", (cells, cells), chance.randbytes(cells * cells * 3))
        ground = Image.blend(ground, noise.resize(size, Image.BICUBIC), weight)
    return scatter(chance, ground, 10).filter(ImageFilter.GaussianBlur(1))


def pale(chance, size):
    noise = Image.frombytes("RGB", (5, 5), chance.randbytes(75)).resize(size, Image.BICUBIC)
    return Image.blend(Image.new("RGB", size, chance.choice(LIGHT)), noise, chance.choice([0.0, 0.06, 0.1]))


def scatter(chance, ground, count):
    draw = ImageDraw.Draw(ground, "RGBA")
    width, height = ground.size
    for _ in range(count):
        x, y, r = chance.randrange(width), chance.randrange(height), chance.randrange(8, width // 5)
        ink = tuple(chance.randrange(256) for _ in range(3)) + (chance.randrange(30, 110),)
        kind = chance.randrange(4)
        if kind == 0:
            draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)
        elif kind == 1:
            draw.ellipse((x - r, y - r, x + r, y + r), outline=ink, width=max(2, r // 10))
        elif kind == 2:
            draw.polygon([(x, y - r), (x + r, y + r // 2), (x - r, y + r // 3)], fill=ink)
        else:
            draw.line((x, y, x + chance.randint(-r, r) * 3, y + chance.randint(-r, r) * 3), fill=ink, width=chance.randrange(2, 9))
    return ground


def mixed(colour, other, share):
    """A colour between two."""
    one, two = (Image.new("RGB", (1, 1), c).getpixel((0, 0)) for c in (colour, other))
    return "#%02x%02x%02x" % tuple(round(a + (b - a) * share) for a, b in zip(one, two))


def poster(chance, words, ground=gradient, fine=(13, 22), **style):
    """Headline, claims, a button and fine print."""
    width, height = chance.choice([(640, 960), (750, 1100), (720, 720), (1080, 1080), (960, 540)])
    sheet, trade, unit = Sheet(chance, (width, height), ground), words.trade(), min(width, height)
    y, margin = unit // 14, unit // 14
    headline = {"stroke": unit // 150 + 2, "edge": chance.choice(["#ffffff", "#111111"]), "shadow": chance.choice([None, "#00000090"])} | style
    for at in range(chance.randint(3, 5)):
        text = words.claim(trade)
        want = unit // 8 if at == 0 else chance.randrange(unit // 22, unit // 13)
        face = chance.choice(["bold", "bold", "serif", "sans"])
        size = sheet.room(text, face, want, width - 3 * margin)
        if y + size * 2.2 > height * 0.72:
            break
        edged = at == 0 or chance.random() < 0.4
        ink = "#ffffff" if not edged or headline["edge"] == "#111111" else chance.choice(STRONG)
        look = headline if edged else {key: value for key, value in headline.items() if key in ("shear", "turn")} | {"stroke": 1, "edge": "#222222"}
        y = sheet.write(text, size, (margin + chance.randrange(margin), y), ink, face, **look)[1] + unit // 24
    text = words.button()
    size, top = unit // 16, int(height * 0.76)
    draw, wide = ImageDraw.Draw(sheet.picture), font("bold", size).getlength(text)
    left = chance.randrange(margin, max(margin + 1, int(width - wide - 3 * margin)))
    draw.rounded_rectangle((left, top, left + wide + 2 * size, top + size * 1.9), size, fill=chance.choice(["#ffd400", "#ffffff", "#ffe9a8"]))
    sheet.write(text, size, (int(left + size), int(top + size * 0.45)), chance.choice(["#c8102e", "#111111"]))
    y = int(height * 0.9)
    for _ in range(2):
        text = words.fine()
        size = sheet.room(text, "sans", chance.randint(*fine), width - 2 * margin)
        draw.rectangle((0, y - 3, width, y + size * 1.4), fill=mixed("#000000", chance.choice(STRONG), 0.3))
        y = sheet.write(text, size, (margin, y), "#e8e8e8", "sans")[1] + 10
    return sheet


def pale_print(chance, words):
    """Print of 8 to 12 pixels in pale grey, below a readable claim."""
    sheet, trade = Sheet(chance, (chance.choice([375, 414, 480, 640]), 520), pale), words.trade()
    y = sheet.write(words.claim(trade), 28, (20, 24), chance.choice(STRONG))[1] + 24
    while y < 480:
        text, size = words.fine(), chance.randint(8, 12)
        if font("sans", size).getlength(text) <= sheet.width - 30:
            ink = mixed(chance.choice(["#808080", "#8a8a96", "#907f7f"]), "#ffffff", chance.uniform(0.1, 0.5))
            y = sheet.write(text, size, (18, y), ink, "sans")[1] + chance.randint(7, 16)
    return sheet


def slant(chance, words):
    return poster(chance, words, shear=chance.choice([-1, 1]) * chance.uniform(0.15, 0.35))


def outline(chance, words):
    """Letters that are little more than their outline, on a photograph."""
    return poster(chance, words, photo, stroke=chance.randint(4, 8), edge=chance.choice(["#111111", "#ffffff", "#7a0010"]))


def rotated(chance, words):
    return poster(chance, words, chance.choice([gradient, photo]), turn=chance.choice([-1, 1]) * chance.uniform(5, 10))


def on_light(chance, words):
    """White, or nearly, on a light ground: contrast 1.2 to 1.7."""
    sheet, trade = Sheet(chance, (720, 900), plain(["#e6c8a0", "#c9dff5", "#f2c4ce", "#cfe8cf", "#d9d0f0", "#ccd3da"])), words.trade()
    y = 50
    while y < 820:
        text, size = words.claim(trade), chance.choice([20, 26, 34, 44, 60])
        size = sheet.room(text, "bold", size, 640)
        y = sheet.write(text, size, (40, y), chance.choice(["#ffffff", "#fffdf5"]), chance.choice(["bold", "sans"]))[1] + chance.randint(20, 44)
        trade = words.trade()
    return sheet


def vertical(chance, words):
    """Columns written from top to bottom, and lines with much room between the letters."""
    sheet, trade = Sheet(chance, (720, 1000), pale), words.trade()
    x = 600
    for _ in range(3):
        # Figures stand upright in such columns only one by one.
        text = next(text for text in iter(lambda: words.claim(words.trade()), None) if text.isalnum() and not any(c.isascii() for c in text))
        size = chance.choice([36, 48, 60])
        sheet.column(text[:12], size, (x, 60 + chance.randrange(60)), chance.choice(STRONG), chance.choice(["bold", "serif"]), chance.choice([2, 6, 12]))
        x -= size + chance.randint(40, 80)
    y = 640
    for _ in range(3):
        text, space = words.claim(trade), chance.choice([6, 12, 20])
        size = sheet.room(text, "bold", 40, 640, space)
        if size >= 16:
            y = sheet.write(text, size, (40, y), chance.choice(STRONG), spacing=space)[1] + 40
    y = sheet.write(words.fine(), 16, (40, y), "#777777", "sans")[1]
    return sheet


def columns(chance, words):
    """Cards side by side: plans with a price, what they hold, and a button."""
    count = chance.choice([2, 3])
    sheet, wide = Sheet(chance, (1000, 760), pale), 1000 // count
    draw = ImageDraw.Draw(sheet.picture)
    sheet.write(words.claim("telecom"), 44, (60, 30), chance.choice(STRONG))
    for at in range(count):
        left, ink = at * wide + 16, chance.choice(STRONG)
        draw.rounded_rectangle((left, 120, left + wide - 32, 690), 20, fill="#ffffff", outline=ink, width=3)
        sheet.write(f"{chance.choice(['基础', '畅享', '尊贵', '青春', '家庭'])}套餐{at + 1}", 30, (left + 24, 144), ink)
        sheet.write(f"{chance.choice([19, 29, 39, 59, 129])}元/月", 54, (left + 24, 206), ink)
        y = 300
        for _ in range(5):
            text = words.claim(chance.choice(["telecom", "shop", "game"]))
            size = sheet.room(text, "sans", 24, wide - 90)
            y = sheet.write(text, size, (left + 24, y), "#444444", "sans")[1] + 22
        draw.rounded_rectangle((left + 24, 600, left + wide - 60, 664), 32, fill=ink)
        sheet.write(words.button(), 30, (left + 60, 614), "#ffffff")
    sheet.write(words.fine(), 16, (30, 716), "#888888", "sans")
    return sheet


def dense(chance, words):
    """A page of 1080 × 1920 full of lines of many sizes."""
    sheet, y = Sheet(chance, (1080, 1920), pale), 60
    draw = ImageDraw.Draw(sheet.picture)
    while y < 1830:
        kind = chance.random()
        if kind < 0.18:
            draw.rectangle((0, y - 8, 1080, y + 84), fill=(ground := chance.choice(STRONG)))
            y = sheet.write(words.claim(words.trade()), 52, (50, y + 8), mixed("#ffffff", ground, 0.05))[1] + 46
        elif kind < 0.5:
            y = sheet.write(words.claim(words.trade()), chance.choice([30, 36, 42]), (50, y), chance.choice(STRONG), chance.choice(["bold", "serif"]))[1] + 24
        elif kind < 0.75:
            y = sheet.write(words.talk() + "，" + words.talk(), chance.choice([24, 28, 30]), (50, y), "#333333", "sans")[1] + 18
        else:
            y = sheet.write(words.fine(), chance.choice([16, 18, 20, 22]), (50, y), mixed("#666666", "#ffffff", chance.uniform(0, 0.45)), "sans")[1] + 14
    return sheet


def tile(chance, words):
    """A part of a page: shop cards, a form, a comment, a bar at the bottom."""
    sheet, y = Sheet(chance, (750, 1000), plain(["#f5f5f5", "#ffffff"])), 30
    draw = ImageDraw.Draw(sheet.picture)
    while y < 780:
        draw.rounded_rectangle((20, y, 730, y + 190), 16, fill="#ffffff", outline="#e8e8e8")
        sheet.picture.paste(photo(chance, (158, 158)), (36, y + 16))
        text = words.claim(words.trade())
        sheet.write(text, sheet.room(text, "sans", 28, 480), (214, y + 20), "#222222", "sans")
        text = words.fine()
        sheet.write(text, sheet.room(text, "sans", 20, 500), (214, y + 72), "#999999", "sans")
        sheet.write(f"¥{chance.randint(1, 899)}.{chance.randint(0, 99):02}", 36, (214, y + 128), "#e02020")
        sheet.write(f"已售{chance.randint(10, 9999)}件", 20, (420, y + 144), "#aaaaaa", "sans")
        draw.rounded_rectangle((570, y + 122, 714, y + 176), 27, fill=chance.choice(STRONG))
        text = words.button()
        sheet.write(text, sheet.room(text, "bold", 24, 120), (584, y + 134), "#ffffff")
        y += 210
    draw.rectangle((0, 880, 750, 1000), fill=(ground := chance.choice(STRONG)))
    sheet.write(words.button(), 44, (270, 906), mixed("#ffffff", ground, 0.03))
    return sheet


def english(chance, words):
    """Brand names, English claims and Chinese ones side by side."""
    sheet, y = Sheet(chance, (800, 800), chance.choice([gradient, pale, plain(DARK)])), 50
    edge = "#111111"
    for _ in range(9):
        text = words.draw("english", [
            "{brand} x {firm}", "Free {count} GB for {days} days", "{brand} Pro {small} Max", "Only ${price}.99 a month", "New users get ${price} bonus",
            "{brand}官方正品", "Download {brand} today", "{game} 2.0 is here", "VIP {small}折 {brand}会员", "www.{code}.com", "Up to {count}% cash back", "Wi-Fi 6 {mega}M路由器",
        ])
        size = sheet.room(text, "bold", chance.choice([24, 32, 44, 60]), 700)
        y = sheet.write(text, size, (50, y), "#ffffff", chance.choice(["bold", "sans", "serif"]), stroke=2, edge=edge)[1] + 26
    return sheet


CLASSES = {
    "poster": poster, "pale print": pale_print, "slant": slant, "outline": outline, "jpeg q35": poster, "rotated": rotated,
    "white on light": on_light, "vertical": vertical, "columns": columns, "dense page": dense, "page tile": tile, "english": english,
}


def hard(picture):
    """Two thirds of the size, and JPEG of quality 35."""
    return picture.resize((round(picture.width * 2 / 3), round(picture.height * 2 / 3)), Image.BICUBIC), 35


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True)
    truth = []
    for name, draw in CLASSES.items():
        for at in range(count):
            chance = random.Random(f"{seed} {name} {at}")
            sheet = draw(chance, Words(chance))
            file = f"{name.replace(' ', '-')}-{at}"
            if name == "jpeg q35":
                sheet.picture.save(folder / f"{file}.jpg", quality=35)
            elif chance.random() < 0.5:
                sheet.picture.save(folder / f"{file}.jpg", quality=88)
            else:
                sheet.picture.save(folder / f"{file}.png", compress_level=1)
            small, quality = hard(sheet.picture)
            small.save(folder / f"{file}-hard.jpg", quality=quality)
            path = next(folder.glob(f"{file}.*"))
            truth.append({"class": name, "file": path.name, "hard": f"{file}-hard.jpg", "lines": sheet.lines})
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
