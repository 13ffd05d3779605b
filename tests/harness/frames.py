"""What a page's socket is sent, as the page reads it."""

from __future__ import annotations

import json
from typing import Any

RENDER = ("offset", "closed_from", "closed", "tail")


class Frames:
    """Undoes the short forms of delta and render, lists that begin with a number."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._ends: dict[int, int] = {}

    def read(self, words: str | bytes) -> dict[str, Any]:
        """One frame, every delta and render with its generation and offset."""
        read: Any = json.loads(words)
        if isinstance(read, dict) and "number" not in read:
            return read
        frame: dict[str, Any]
        if isinstance(read, dict):
            frame, number = read, read["number"]
            self._names[number] = frame["generation"]
        else:
            number, *values = read
            short = {"kind": "delta", "offset": self._ends[number], "text": values[0]}
            if len(values) > 1:
                short = {"kind": "render", **dict(zip(RENDER, values, strict=True))}
            frame = short | {"generation": self._names[number]}
        end = frame["offset"] + len(frame.get("text", ""))
        self._ends[number] = max(self._ends.get(number, 0), end)
        return frame
