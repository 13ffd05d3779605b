"""The voices of the scripted model: one TOML file each, loaded once.

A voice is a table of whole replies by occasion, of frames for remembered things, and
of short sentences to build further replies from when the whole ones are used up.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class OwnTopic:
    """Replies for a subject that only this voice has, found by `match`."""

    match: re.Pattern[str]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Voice:
    """Replies by occasion (`lines`), memory frames by type (`recall`), building parts."""

    name: str
    lines: dict[str, tuple[str, ...]]
    own: tuple[OwnTopic, ...]
    recall: dict[str, tuple[str, ...]]
    parts: tuple[tuple[str, ...], ...]


def voice_of(name: str) -> Voice:
    """The voice of a character, or the general one for a name nobody wrote lines for."""
    return _voices().get(name) or _voices()[""]


@cache
def _voices() -> dict[str, Voice]:
    found = (_load(path) for path in sorted(_FOLDER.glob("*.toml")))
    return {voice.name: voice for voice in found}


def _load(path: Path) -> Voice:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = data["parts"]
    return Voice(
        name=data["name"],
        lines={key: _lines(value) for key, value in data["lines"].items()},
        own=tuple(
            OwnTopic(re.compile(own["match"], re.IGNORECASE), _lines(own["lines"]))
            for own in data.get("own", ())
        ),
        recall={key: _lines(value) for key, value in data["recall"].items()},
        parts=tuple(_lines(parts[key]) for key in ("open", "middle", "ask")),
    )


def _lines(value: list[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in value)
