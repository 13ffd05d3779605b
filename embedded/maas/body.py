"""Reads a request's JSON body: typed fields or a documented 400, nothing between.

What PostgreSQL cannot hold (NUL, lone surrogates, infinities) is refused here, so
that no statement below fails on a value.
"""

from __future__ import annotations

import json
import math
import re
import uuid
from typing import Any, NoReturn

from embedded.maas.errors import BadRequest

MAX_BODY_BYTES = 2_000_000
MAX_NAME = 500
MAX_METADATA_BYTES = 32_000
MAX_DEPTH = 32
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Body:
    """A JSON object whose fields are asked for by name and type.

    A field that is absent and null are the same thing. Every method raises
    `BadRequest` naming the field.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    @classmethod
    def parse(cls, raw: bytes) -> Body:
        """The object in `raw`; refuses other JSON, other encodings and nesting games."""
        if len(raw) > MAX_BODY_BYTES:
            msg = f"the body is larger than {MAX_BODY_BYTES} bytes"
            raise BadRequest(msg)
        try:
            values = json.loads(
                raw.decode("utf-8"), parse_constant=_refuse, parse_float=_finite
            )
        except (ValueError, RecursionError) as exc:
            raise BadRequest("the body is not valid JSON in UTF-8") from exc
        if not isinstance(values, dict):
            raise BadRequest("the body must be a JSON object")
        # The brackets of a shallow body are few; those inside texts count for nothing.
        if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _too_deep(values):
            msg = f"the body is nested more than {MAX_DEPTH} deep"
            raise BadRequest(msg)
        # Only an escape can bring such a character in: raw ones failed above.
        if b"\\u" in raw and _unstorable(values):
            raise BadRequest("text may not contain NUL or lone surrogates")
        return cls(values)

    def text(self, name: str, *, limit: int = MAX_NAME, default: str = "") -> str:
        """A string of at most `limit` characters, or `default`."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            msg = f"{name} must be a string"
            raise BadRequest(msg)
        if len(value) > limit:
            msg = f"{name} is longer than {limit} characters"
            raise BadRequest(msg)
        return value

    def string(self, name: str, *, limit: int = MAX_NAME) -> str:
        """A string that has to be there and may be empty."""
        if self.values.get(name) is None:
            msg = f"{name} is required"
            raise BadRequest(msg)
        return self.text(name, limit=limit)

    def required_text(self, name: str, *, limit: int = MAX_NAME) -> str:
        """A string with at least one visible character."""
        value = self.text(name, limit=limit)
        if not value.strip():
            msg = f"{name} is required"
            raise BadRequest(msg)
        return value

    def integer(self, name: str, *, default: int, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            msg = f"{name} must be a whole number"
            raise BadRequest(msg)
        if not least <= value <= most:
            msg = f"{name} must be from {least} to {most}"
            raise BadRequest(msg)
        return value

    def share(self, name: str) -> float | None:
        """A number from 0 to 1."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            msg = f"{name} must be a number"
            raise BadRequest(msg)
        if not 0 <= value <= 1:
            msg = f"{name} must be from 0 to 1"
            raise BadRequest(msg)
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false, not a word for it."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            msg = f"{name} must be true or false"
            raise BadRequest(msg)
        return value

    def object(self, name: str) -> Body:
        """A nested object, empty when absent."""
        value = self.values.get(name)
        if value is None:
            return Body({})
        if not isinstance(value, dict):
            msg = f"{name} must be an object"
            raise BadRequest(msg)
        return Body(value)

    def metadata(self) -> Body:
        """The `metadata` object, bounded in size."""
        found = self.object("metadata")
        if len(json.dumps(found.values)) > MAX_METADATA_BYTES:
            msg = f"metadata is larger than {MAX_METADATA_BYTES} bytes"
            raise BadRequest(msg)
        return found

    def objects(self, name: str, *, most: int) -> list[Body]:
        """A list of one to `most` objects."""
        return [Body(_expect(name, v, dict)) for v in self._list(name, most)]

    def ids(self, name: str, *, most: int) -> list[uuid.UUID]:
        """A list of one to `most` ids, each once, in the caller's order."""
        found = [as_id(v) for v in self._list(name, most)]
        if None in found:
            msg = f"{name} must contain ids only"
            raise BadRequest(msg)
        return list(dict.fromkeys(v for v in found if v is not None))

    def texts(self, name: str, *, most: int) -> list[str]:
        """A list of one to `most` strings with a visible character, each once."""
        found = [Body({name: v}).required_text(name) for v in self._list(name, most)]
        return list(dict.fromkeys(found))

    def _list(self, name: str, most: int) -> list[Any]:
        value = self.values.get(name)
        if not isinstance(value, list) or not value:
            msg = f"{name} must be a list with at least one entry"
            raise BadRequest(msg)
        if len(value) > most:
            msg = f"{name} has more than {most} entries"
            raise BadRequest(msg)
        return value


def as_id(value: object) -> uuid.UUID | None:
    """The id that `value` spells, or None; anything else is no id of ours."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _expect(name: str, value: object, kind: type[dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(value, kind):
        msg = f"{name} must contain objects only"
        raise BadRequest(msg)
    return value


def _refuse(text: str) -> NoReturn:
    msg = f"{text} is not JSON"
    raise ValueError(msg)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        msg = f"{text} is out of range"
        raise ValueError(msg)
    return value


def _too_deep(values: dict[str, Any]) -> bool:
    """Level by level, not by recursion: that is what deep nesting would exhaust."""
    level: list[Any] = [values]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _unstorable(value: object) -> bool:
    if isinstance(value, str):
        return UNSTORABLE.search(value) is not None
    if isinstance(value, dict):
        return any(_unstorable(k) or _unstorable(v) for k, v in value.items())
    return isinstance(value, list) and any(_unstorable(v) for v in value)
