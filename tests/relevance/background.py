#!/usr/bin/env python3
"""Puts together the background: memories that nobody searches for, from the sentences written by hand in parts/.

    python3 background.py    writes memories/background.jsonl, the same on every machine

A family of sentences starts with `== name | category | tag, tag | how many | title / title / …`. Its lines `1: …`, `2: …` and so on are
what may be said first, second, and so on. In a sentence `{a|b}` is one of these, and `{3-19}` a number from 3 to 19.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
PERSON = "background"
FIRST_DAY, LAST_DAY = datetime(2024, 1, 8), datetime(2026, 10, 25)
CHOICE = re.compile(r"\{([^{}]*)\}")
RANGE = re.compile(r"(\d+)-(\d+)")
# Written without a space between sentences.
UNSPACED = {"ja", "zh"}


def number(below, *about):
    """A number that looks random, and is always the same for the same things."""
    digest = hashlib.sha256("\0".join(map(str, about)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def families():
    """Each family: its language, name, category, tags, count, titles, and the sentences of each place."""
    found = []
    for path in sorted((HERE / "parts").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                name, category, tags, count, titles = (part.strip() for part in line[3:].split(" | "))
                family = {"language": path.stem, "name": name, "category": category, "tags": tags.split(", "), "count": int(count), "titles": titles.split(" / "), "places": {}}
                found.append(family)
            elif line.strip():
                place, sentence = line.split(": ", 1)
                found[-1]["places"].setdefault(int(place), []).append(sentence)
    return found


def said(sentence, *about):
    """The sentence with its choices made."""

    def choose(match):
        span = RANGE.fullmatch(match[1])
        if span:
            low, high = int(span[1]), int(span[2])
            return str(low + number(high - low + 1, *about, match.start()))
        options = match[1].split("|")
        return options[number(len(options), *about, match.start())]

    return CHOICE.sub(choose, sentence)


def memory(family, index, attempt):
    """The memory number `index` of a family."""
    about = (family["name"], index, attempt)
    shape = ["line", "short", "long", "list", "note", "note"][number(6, *about, "shape")]
    chosen = []
    for place, sentences in sorted(family["places"].items()):
        first = number(len(sentences), *about, place)
        wanted = {"line": 1 if place == 1 else 0, "short": 1 if place < 3 else 0, "long": 2}.get(shape, 1)
        chosen += [said(sentences[(first + step) % len(sentences)], *about, place, step) for step in range(min(wanted, len(sentences)))]
    if shape == "list":
        text = "\n".join(f"- {sentence}" for sentence in chosen)
    else:
        text = ("" if family["language"] in UNSPACED else " ").join(chosen)
    if shape == "line":
        text = text.rstrip(".。।").lower()
    days = (LAST_DAY - FIRST_DAY).days
    time = FIRST_DAY + timedelta(days=number(days, *about, "day"), seconds=6 * 3600 + number(17 * 3600, *about, "second"))
    return {
        "id": f"bg-{family['name']}-{index:02}",
        "person": PERSON,
        "language": family["language"],
        "title": None if shape in ("line", "short") else said(family["titles"][number(len(family["titles"]), *about, "title")], *about),
        "text": text,
        "tags": [tag for tag in family["tags"] if number(3, *about, tag) > 0],
        "category": family["category"] if number(5, *about, "category") > 0 else None,
        "createdAt": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": "whatsapp" if shape in ("line", "short") else ["web", "web", "web", "api"][number(4, *about, "source")],
    }


def memories():
    """All of the background; no two memories say the same."""
    made, texts = [], set()
    for family in families():
        for index in range(1, family["count"] + 1):
            attempts = (memory(family, index, attempt) for attempt in range(100))
            new = next(m for m in attempts if m["text"] not in texts)
            texts.add(new["text"])
            made.append(new)
    return made


if __name__ == "__main__":
    lines = [json.dumps(memory, ensure_ascii=False) + "\n" for memory in memories()]
    (HERE / "memories" / "background.jsonl").write_text("".join(lines), encoding="utf-8")
