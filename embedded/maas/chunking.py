"""Splits a long text into parts of about 512 tokens, at sentences where possible."""

from __future__ import annotations

import re

PART_CHARACTERS = 2_000  # about 512 tokens of English
BREAK = re.compile(r"(?<=[.!?。！？\n])\s*")


def parts_of(text: str) -> list[str]:
    """The text in order, in parts of at most `PART_CHARACTERS`; none is empty."""
    parts: list[str] = []
    current = ""
    for sentence in BREAK.split(text.strip()):
        if current and len(current) + 1 + len(sentence) > PART_CHARACTERS:
            parts.append(current)
            current = ""
        current = f"{current} {sentence}".strip()
        while len(current) > PART_CHARACTERS:
            cut = current.rfind(" ", PART_CHARACTERS // 2, PART_CHARACTERS)
            cut = cut if cut > 0 else PART_CHARACTERS
            parts.append(current[:cut].strip())
            current = current[cut:].strip()
    return [part for part in [*parts, current] if part]
