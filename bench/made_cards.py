"""Writes cards to import, of every kind: run as a process of its own by `bench.cards`.

Arguments: the folder, and how many.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")

import django

django.setup()

from bench.cards import picture
from chatapp.characters.formats import writing
from tests.characters.formats import card_files as files

ENTRIES = 40


def card(number: int) -> dict[str, object]:
    """A card of a usual length, with a lorebook."""
    prose = "She keeps bees on the roof of a print works, and names her queens. " * 40
    entries = [
        {"keys": [f"word{n}"], "content": prose[:600], "insertion_order": n}
        for n in range(ENTRIES)
    ]
    data = files.V3_DATA | {
        "name": f"Number {number}",
        "description": prose,
        "character_book": {"entries": entries, "extensions": {}},
    }
    return writing.v3(data, {}, now=0)


def made(number: int) -> tuple[str, bytes]:
    """A file's name and contents: most cards are pictures."""
    whole, png = card(number), picture(number)
    if number % 10 == 8:
        return "json", writing.as_json(whole)
    if number % 10 == 9:
        return "charx", writing.as_charx(whole, png)
    return "png", writing.as_png(whole, png)


def main() -> None:
    """Write them."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    for number in range(count):
        kind, data = made(number)
        (folder / f"card-{number:04}.{kind}").write_bytes(data)
    print(json.dumps({"cards": count}))


if __name__ == "__main__":
    main()
