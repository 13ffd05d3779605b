"""The word lists of `words.toml`, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


def word_list(name: str) -> frozenset[str]:
    """A list by its name."""
    words: str = _table()[name]
    return frozenset(words.split())


def word_lists(name: str) -> dict[str, frozenset[str]]:
    """A table of lists by its name."""
    return {key: frozenset(words.split()) for key, words in _table()[name].items()}


@cache
def _table() -> dict[str, Any]:
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
