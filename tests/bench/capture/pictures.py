"""Draws the pictures of the landing pages: photos of noise and shapes, posters full of words, and small marks.

They look like nothing in particular, but are as large as real ones, 20 to 300 kB, and no easier to decode.
"""
import io
import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
INKS = ["#c8102e", "#ff6a00", "#0b5fff", "#0a7d3c", "#7a2cbf", "#222222", "#b8860b"]


def photo(seed, width, height, kilobytes, form):
    """A photo-like picture of about so many kilobytes: four octaves of noise, blended until the size fits."""
    chance = random.Random(seed)
    canvas = Image.new("RGB", (width, height), chance.choice(INKS))
    for cells, weight in ((4, 0.6), (12, 0.45), (40, 0.35)):
        noise = Image.frombytes("RGB", (cells, cells), chance.randbytes(cells * cells * 3))
        canvas = Image.blend(canvas, noise.resize((width, height), Image.BICUBIC), weight)
    grain = Image.frombytes("L", (width // 2, height // 2), chance.randbytes((width // 2) * (height // 2)))
    grain = grain.resize((width, height), Image.BILINEAR).convert("RGB")
    low, high, best = 0.0, 0.6, b""
    for _ in range(7):
        middle = (low + high) / 2
        best = encode(Image.blend(canvas, grain, middle), form)
        low, high = (middle, high) if len(best) < kilobytes * 1024 else (low, middle)
    return best


def poster(seed, width, height, lines, form):
    """Words on colour, as in the tall pictures that many Chinese landing pages consist of."""
    chance = random.Random(seed)
    canvas = Image.new("RGB", (width, height), chance.choice(["#fff4e6", "#fdeef0", "#eaf4ff", "#fffbe0"]))
    noise = Image.frombytes("RGB", (9, 9), chance.randbytes(243)).resize((width, height), Image.BICUBIC)
    canvas = Image.blend(canvas, noise.filter(ImageFilter.GaussianBlur(6)), 0.12)
    draw = ImageDraw.Draw(canvas)
    top = 30
    for line in lines:
        size = chance.choice([26, 32, 40, 54])
        font = ImageFont.truetype(FONT, size)
        if top + size + 20 > height:
            break
        if chance.random() < 0.3:
            draw.rounded_rectangle((20, top - 8, width - 20, top + size + 22), 18, fill=chance.choice(INKS))
            draw.text((40, top), line, fill="white", font=font)
        else:
            draw.text((40, top), line, fill=chance.choice(INKS), font=font)
        top += size + chance.randrange(24, 60)
    for _ in range(6):
        x, y, r = chance.randrange(width), chance.randrange(height), chance.randrange(10, 60)
        draw.ellipse((x - r, y - r, x + r, y + r), outline=chance.choice(INKS), width=4)
    return encode(canvas, form)


def mark(seed, side):
    """A small picture with transparent corners: a logo, a badge, a face."""
    chance = random.Random(seed)
    noise = Image.frombytes("RGB", (6, 6), chance.randbytes(108)).resize((side, side), Image.BICUBIC)
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).ellipse((2, 2, side - 2, side - 2), fill=255)
    noise.putalpha(mask)
    return encode(noise, "png")


def encode(picture, form):
    out = io.BytesIO()
    options = {"jpeg": {"quality": 82}, "webp": {"quality": 80, "method": 3}, "png": {"compress_level": 6}}[form]
    picture.save(out, form, **options)
    return out.getvalue()
