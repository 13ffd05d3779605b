"""Taking one JSON object apart, field by field, with an error that names the field.

Used by `wire.py` alone. Never quotes a value: it may be what somebody wrote.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from memory.errors import MemoryProtocolError
from memory.storable import storable

Json = Mapping[str, object]

_MISSING = object()


class Fields:
    """Takes the fields of one JSON object, one by one; what is left over is `extra`."""

    def __init__(self, answer: str, value: object) -> None:
        self._answer = answer
        if not isinstance(value, dict):
            raise MemoryProtocolError(f"{answer}: the answer is not a JSON object")
        self._left: dict[str, object] = dict(value)

    def error(self, name: str, problem: str) -> MemoryProtocolError:
        return MemoryProtocolError(f"{self._answer}: field {name!r} {problem}")

    def take(self, name: str, default: object = _MISSING) -> object:
        """The field's value; `null` counts as missing where there is a default."""
        value = self._left.pop(name, _MISSING)
        if default is not _MISSING and (value is _MISSING or value is None):
            return default
        if value is _MISSING:
            raise self.error(name, "is missing")
        return value

    def text(self, name: str, default: object = _MISSING) -> str:
        value = self.take(name, default)
        if not isinstance(value, str):
            raise self.error(name, "is not a string")
        return storable(value)

    def optional_text(self, name: str) -> str | None:
        return self.text(name, default="") or None

    def identifier(self, name: str) -> str:
        value = self.text(name)
        if not value.strip():
            raise self.error(name, "is empty")
        return value

    def identifiers(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        for value in self.array(name):
            if not isinstance(value, str) or not value.strip():
                raise self.error(name, "holds something that is not an id")
            found.append(value)
        return tuple(found)

    def array(self, name: str) -> list[object]:
        value = self.take(name)
        if not isinstance(value, list):
            raise self.error(name, "is not a list")
        return value

    def mapping(self, name: str) -> Json:
        value = self.take(name, {})
        if not isinstance(value, dict):
            raise self.error(name, "is not an object")
        return value

    def number(self, name: str) -> float:
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(name, "is not a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error(name, "is not finite")
        return number

    def count(self, name: str, default: int) -> int:
        value = self.take(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.error(name, "is not a count")
        return value

    def rest(self) -> Json:
        return dict(self._left)
