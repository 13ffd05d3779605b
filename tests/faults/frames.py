"""The socket's frames, with their short forms undone as `static/js/stream.js` does.

`[number, text]` is a delta behind what came last, `[number, offset, closed_from, closed,
tail]` a render; a reply's first frame says what its number stands for.
"""

from __future__ import annotations

import json
from typing import Any


class Frames:
    """Reads what one connection brings."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._ends: dict[int, int] = {}

    def read(self, words: str | bytes) -> dict[str, Any]:
        """One frame in its long form."""
        frame: Any = json.loads(words)
        if isinstance(frame, list):
            return self._note(frame[0], self._long(*frame))
        if "number" in frame:
            self._names[frame["number"]] = frame["generation"]
            return self._note(frame["number"], frame)
        long: dict[str, Any] = frame
        return long

    def _long(self, number: int, *values: Any) -> dict[str, Any]:
        name = self._names[number]
        if len(values) == 1:
            offset = self._ends[number]
            delta = {"kind": "delta", "offset": offset, "text": values[0]}
            return {"generation": name, **delta}
        words = ("offset", "closed_from", "closed", "tail")
        return {
            "generation": name,
            "kind": "render",
            **dict(zip(words, values, strict=True)),
        }

    def _note(self, number: int, frame: dict[str, Any]) -> dict[str, Any]:
        end = frame["offset"] + len(frame.get("text", ""))
        self._ends[number] = max(self._ends.get(number, 0), end)
        return frame
