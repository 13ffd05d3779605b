"""JSON that a stranger wrote: read within limits, and only what can be stored.

PostgreSQL keeps no NUL and no half of a surrogate pair in its JSON, and Python no
infinite number: a card that holds one is refused by name, since leaving it out would
change what the author wrote.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any

from django.utils.translation import gettext as _

from chatapp.characters.formats import limits
from chatapp.characters.formats.refusal import Refused

ENCRYPTED = b"rcc||"
"""How RisuAI begins a card that only it can read."""
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
ESCAPE = "\\u"
"""Without one in its text no card holds what can not be stored: what stands there as it
is, the decoder and the parser have refused."""
NUL = "\\u0000"

Object = dict[str, Any]


def of_chunk(text: bytes) -> Object:
    """The object in a picture's text: base64 of JSON, or the JSON itself."""
    text = text.strip()
    _refuse_encrypted(text)
    if not text.startswith(b"{"):
        try:
            # Lenient: what is no base64 in between is passed over, as writers differ.
            text = base64.b64decode(text + b"=" * (-len(text) % 4))
        except binascii.Error as exc:
            raise Refused(_("The text is no base64.")) from exc
    _refuse_encrypted(text)
    return of_bytes(text, limits.CARD_BYTES)


def of_bytes(data: bytes, most: int) -> Object:
    """The JSON object in `data`, which may be `most` bytes long."""
    limits.at_most(len(data), most, _("The card's text"))
    _refuse_encrypted(data.lstrip())
    text = _decoded(data)
    _refuse_many(text)
    try:
        found = json.loads(
            text, parse_float=_finite, parse_constant=_finite, parse_int=_whole
        )
    except RecursionError as exc:
        raise Refused(_too_deep()) from exc
    except json.JSONDecodeError as exc:
        raise Refused(
            _("The card is no JSON: line %(line)s, column %(column)s is unreadable.")
            % {"line": exc.lineno, "column": exc.colno}
        ) from exc
    if not isinstance(found, dict):
        raise Refused(_("The card's JSON is not an object."))
    _refuse_deep(found)
    if ESCAPE in text:
        _refuse_unstorable(found)
    return found


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith(BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise Refused(
            _(
                "The card's text is not UTF-8 (see byte %(place)s). Save it as UTF-8 and"
                " bring it again."
            )
            % {"place": f"{exc.start + 1:,}"}
        ) from exc


def _refuse_encrypted(text: bytes) -> None:
    if text.startswith(ENCRYPTED):
        raise Refused(
            _(
                "This card is encrypted, so that only RisuAI can read it. Export it"
                " there without encryption and bring that file."
            )
        )


def _refuse_many(text: str) -> None:
    """Counted before it is parsed: small things take more memory than their text.

    Two braces in a row begin a macro: JSON has them in its texts alone.
    """
    braces = text.count("{") - 2 * text.count("{{")
    if (
        braces + text.count("[") > limits.BRACKETS
        or text.count('"') > limits.QUOTES
        or text.count(",") > limits.COMMAS
    ):
        raise Refused(_("The card has far more parts than a card needs."))


def _refuse_deep(found: Object) -> None:
    level: list[Any] = [found]
    for _depth in range(limits.DEPTH):
        level = [
            part
            for whole in level
            for part in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return
    raise Refused(_too_deep())


def _refuse_unstorable(found: Object) -> None:
    written = json.dumps(found, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError as exc:
        raise Refused(
            _(
                "The card holds half a character (a lone surrogate), near “%(near)s”."
                " Remove it and bring the card again."
            )
            % {"near": _near(written, exc.start)}
        ) from exc
    if (nul := _nul_in(written)) >= 0:
        raise Refused(
            _(
                "The card holds a NUL, which no text may, near “%(near)s”. Remove it and"
                " bring the card again."
            )
            % {"near": _near(written, nul)}
        )


def _nul_in(written: str) -> int:
    """Where a NUL is written; -1 for nowhere. Behind an odd backslash it is only text."""
    at = written.find(NUL)
    while at >= 0:
        begin = at
        while begin and written[begin - 1] == "\\":
            begin -= 1
        if (at - begin) % 2 == 0:
            return at
        at = written.find(NUL, at + 1)
    return -1


def _near(text: str, place: int) -> str:
    """A few readable characters from before a place."""
    before = text[max(0, place - 30) : place].encode(errors="ignore").decode()
    return before.strip()


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise Refused(
            _("The card holds a number that is not finite: %(number)s.")
            % {"number": written[:20]}
        )
    return value


def _whole(written: str) -> int:
    try:
        return int(written)
    except ValueError as exc:  # Python reads no more than 4,300 digits
        raise Refused(
            _("The card holds a number of %(count)s digits.")
            % {"count": f"{len(written):,}"}
        ) from exc


def _too_deep() -> str:
    return _("The card's JSON is nested more than %(depth)s levels deep.") % {
        "depth": limits.DEPTH
    }
