"""How right a reading is: characters of known lines that were not read, sentences of a video that were found in time."""
import unicodedata


def plain(text):
    """The text without what is no difference: compatible forms are one, spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def distance(line, text):
    """The least number of changes that make the line a part of the text (Myers' bit vectors, Sellers' free ends)."""
    if not line:
        return 0
    masks = {}
    for at, letter in enumerate(line):
        masks[letter] = masks.get(letter, 0) | 1 << at
    full, last = (1 << len(line)) - 1, 1 << len(line) - 1
    plus, minus, score = full, 0, len(line)
    best = score
    for letter in text:
        equal = masks.get(letter, 0)
        vertical = equal | minus
        across = (((equal & plus) + plus) ^ plus) | equal
        up, down = minus | (full & ~(across | plus)), plus & across
        score += bool(up & last) - bool(down & last)
        best = min(best, score)
        up, down = (up << 1) & full, (down << 1) & full
        plus, minus = down | (full & ~(vertical | up)), up & vertical
    return best


class Tally:
    """Characters and lines, and how many of them were read."""

    def __init__(self):
        self.letters = self.wrong = self.lines = self.exact = 0

    def add(self, line, text):
        line = plain(line)
        wrong = distance(line, text)
        self.letters, self.wrong = self.letters + len(line), self.wrong + wrong
        self.lines, self.exact = self.lines + 1, self.exact + (wrong == 0)
        return wrong

    def percent(self):
        return 100 * (1 - self.wrong / max(self.letters, 1))


def appearance(sentence, said):
    """From when to when a sentence was read: nothing when at most four fifths of its letters were, wherever they stood."""
    line = plain(sentence["text"])
    found = [one for one in said if one["from"] is not None and distance(line, plain(one["text"])) <= len(line) / 5]
    return (min(one["from"] for one in found), max(one["until"] for one in found)) if found else None
