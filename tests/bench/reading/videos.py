"""Draws video ads whose sentences and their seconds are known; run as `videos.py SEED COUNT FOLDER`, needs ffmpeg.

Each is 15 s, 720 × 1280, 25 frames a second, H.264, on a ground that moves all the time. `truth.json` says for each sentence
from when to when it can be read: from the middle of its fading in, from the moment it is wholly in the picture as it slides in.
"""
import json
import random
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from pictures import STRONG, font, gradient, letters, photo
from words import Words

WIDTH, HEIGHT, RATE, SECONDS = 720, 1280, 25, 15
# How long fading and sliding take, seconds.
FADE, SLIDE = 0.4, 0.4


class Caption:
    """A sentence, its picture, and when and how it comes."""

    def __init__(self, chance, text, kind, y, begin, end):
        self.text, self.kind, self.begin, self.end = text, kind, begin, end
        size = {"headline": chance.randint(52, 72), "caption": chance.randint(34, 46), "fine print": chance.randint(18, 22)}[kind]
        face = "sans" if kind == "fine print" else chance.choice(["bold", "bold", "serif"])
        while font(face, size).getlength(text) > WIDTH - 80:
            size -= 1
        if kind == "fine print":
            self.drawn = letters(text, font(face, size), chance.choice(["#b0b0b0", "#c8c8c8", "#d8d8d8"]), 1, "#4a4a4a")
        else:
            ink, edge = chance.choice([("#ffffff", "#111111"), ("#ffe600", "#222222"), ("#ffffff", "#b00020"), (chance.choice(STRONG), "#ffffff")])
            self.drawn = letters(text, font(face, size), ink, max(2, size // 14), edge)
        self.x, self.y, self.size = (WIDTH - self.drawn.width) // 2, y, size
        self.comes = "cut" if kind == "fine print" else chance.choice(["cut", "cut", "fade", "slide"])
        self.goes = chance.choice(["cut", "cut", "fade"])

    def paste(self, frame, now):
        if not self.begin <= now < self.end:
            return
        x, strength = self.x, 1.0
        if self.comes == "fade":
            strength = min(strength, (now - self.begin) / FADE)
        if self.goes == "fade":
            strength = min(strength, (self.end - now) / FADE)
        if self.comes == "slide" and now < self.begin + SLIDE:
            x = round(WIDTH - (WIDTH - self.x) * (now - self.begin) / SLIDE)
        mask = self.drawn.getchannel("A")
        frame.paste(self.drawn, (x, self.y), mask if strength >= 1 else mask.point(lambda a: int(a * max(0, strength))))

    def truth(self):
        begin = self.begin + {"cut": 0, "fade": FADE / 2, "slide": SLIDE * self.drawn.width / (self.drawn.width + self.x)}[self.comes]
        end = self.end - (FADE / 2 if self.goes == "fade" else 0)
        return {"text": self.text, "kind": self.kind, "px": self.size, "comes": self.comes, "from": round(begin, 3), "until": round(end, 3)}


class Ground:
    """A large picture that is passed over, with shapes of its own speed before it."""

    def __init__(self, chance):
        self.large = chance.choice([gradient, photo])(chance, (WIDTH + 240, HEIGHT + 240))
        self.speed = [chance.choice([-1, 1]) * chance.uniform(15, 60) for _ in range(2)]
        self.shapes = []
        for _ in range(chance.randint(3, 6)):
            side = chance.randint(60, 240)
            shape = Image.new("RGBA", (side, side))
            ImageDraw.Draw(shape).ellipse((2, 2, side - 2, side - 2), fill=chance.choice(STRONG) + "a0", outline="#ffffff90", width=3)
            speed = [chance.uniform(-120, 120) for _ in range(2)]
            self.shapes.append((shape.filter(ImageFilter.GaussianBlur(1)), chance.randrange(WIDTH), chance.randrange(HEIGHT), speed))

    def at(self, now):
        swing = lambda speed: int(120 + 119 * triangle(speed * now / 240))
        left, top = map(swing, self.speed)
        frame = self.large.crop((left, top, left + WIDTH, top + HEIGHT))
        for shape, x, y, (dx, dy) in self.shapes:
            frame.paste(shape, (int(x + dx * now) % WIDTH - shape.width // 2, int(y + dy * now) % HEIGHT - shape.height // 2), shape)
        return frame


def triangle(x):
    """To and fro between -1 and 1."""
    return 1 - abs((2 * x + 1) % 4 - 2)


def captions(chance):
    """Six to eight sentences on rows of their own; two of them are there for 1 to 1.5 s, one is fine print."""
    words, trade = Words(chance), Words(chance).trade()
    count = chance.randint(6, 8)
    rows = chance.sample(range(9), count)
    made = []
    for at, row in enumerate(rows):
        kind = "fine print" if at == 0 else chance.choice(["headline", "caption", "caption"])
        text = words.fine() if kind == "fine print" else words.claim(trade) if kind == "headline" or chance.random() < 0.4 else words.talk()
        seconds = chance.uniform(1.0, 1.5) if at in (1, 2) else chance.uniform(1.8, 5.0)
        begin = chance.uniform(0.2, SECONDS - seconds - 0.3)
        begin, end = (round(moment * RATE) / RATE for moment in (begin, begin + seconds))
        made.append(Caption(chance, text, kind, 60 + row * 128 + chance.randrange(30), begin, end))
    return made


def video(chance, path):
    ground, shown = Ground(chance), captions(chance)
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-",
               "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-pix_fmt", "yuv420p", str(path)]
    coder = subprocess.Popen(command, stdin=subprocess.PIPE)
    for number in range(SECONDS * RATE):
        frame = ground.at(number / RATE)
        for caption in shown:
            caption.paste(frame, number / RATE)
        coder.stdin.write(frame.tobytes())
    coder.stdin.close()
    if coder.wait() != 0:
        sys.exit("ffmpeg could not encode")
    return {"file": path.name, "sentences": sorted((c.truth() for c in shown), key=lambda s: s["from"])}


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True)
    truth = [video(random.Random(f"{seed} video {at}"), folder / f"video-{at:02}.mp4") for at in range(count)]
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
