"""Finding the JSON in what a model wrote: alone, in a fence, or with talk around it."""

from __future__ import annotations

import json

from memory.storable import storable_json

MAX_STARTS = 200
"""Opening brackets that are tried, so that a wall of them costs little."""


def parse_loosely(text: str) -> object:
    """The longest JSON object or array in `text`, its strings made storable.

    Raises ValueError with a reason that quotes nothing.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse)
    try:
        value = decoder.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as exc:
        found = _longest(decoder, text)
        if found is None:
            raise ValueError(_reason(exc)) from None
        return storable_json(found)
    if not isinstance(value, (dict, list)):
        raise ValueError("it is no object or array")  # noqa: TRY004 - the text is wrong
    return storable_json(value)


def _longest(
    decoder: json.JSONDecoder, text: str
) -> dict[str, object] | list[object] | None:
    best: dict[str, object] | list[object] | None = None
    length = at = 0
    for _ in range(MAX_STARTS):
        starts = [i for i in (text.find("{", at), text.find("[", at)) if i >= 0]
        if not starts:
            break
        start = min(starts)
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            at = start + 1
            continue
        if end - start > length:
            best, length = value, end - start
        at = end
    return best


def _reason(exc: ValueError) -> str:
    """A decoder's reason names a place, never the text."""
    if isinstance(exc, json.JSONDecodeError):
        return f"{exc.msg} at line {exc.lineno} column {exc.colno}"
    return "it holds a number that JSON has not"


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")
