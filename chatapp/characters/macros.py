"""The macros of card format V3, in the texts of cards and lorebooks.

`{{char}}`, `{{user}}`, `{{random:a,b}}`, `{{pick:a,b}}`, `{{roll:6}}`, `{{reverse:x}}`,
`{{// x}}`, `{{comment:x}}`, `{{hidden_key:x}}`, V2's `{{original}}`, and the older
`<char>`, `<bot>`, `<user>`. What is unknown stays as it is written. Nothing that a
person, a model or a memory says is ever given to this module, and what a macro stands
for is not read again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

DEFAULT_USER = "User"
"""What `{{user}}` is for somebody who has not said who they are."""
MOST_CHARS = 80_000
"""Of one text; no prompt has room for as much."""
DEEPEST = 4
NAME_CHARS = 80
_TOKEN = re.compile(r"\{\{|\}\}|<(?:char|bot|user)>", re.IGNORECASE)
_NAME = re.compile(r"\s*(//|[a-z_]+)\s*(::?)?", re.IGNORECASE)
_CHANCE = re.compile(r"\{\{\s*(?:random|roll)\s*:", re.IGNORECASE)
_SILENT = re.compile(
    r"\{\{\s*(?://|(?:comment|hidden_key)\s*::?)[^{}]*\}\}", re.IGNORECASE
)
_HIDDEN = re.compile(r"\{\{\s*hidden_key\s*::?([^{}]*)\}\}", re.IGNORECASE)


@dataclass(frozen=True)
class Cast:
    """Who stands for `{{char}}` and `{{user}}`; `seed` decides what is left to chance.

    `original` is what `{{original}}` stands for, None where that is unknown.
    """

    char: str
    user: str = DEFAULT_USER
    seed: str = ""
    original: str | None = None


def expand(text: str, cast: Cast) -> str:
    """The text with its macros replaced."""
    text = text[:MOST_CHARS]
    if "{{" not in text and "<" not in text:
        return text
    return _Reader(text, cast).whole()


def has_chance(text: str) -> bool:
    """Whether what it says is left to chance, so that it differs with the seed."""
    return _CHANCE.search(text) is not None


def unseen(text: str) -> str:
    """The text without what a scan for key words may not see."""
    return _SILENT.sub("", text) if "{{" in text else text


def with_hidden_keys(text: str) -> str:
    """The text of an entry as other entries' keys see it: hidden keys count here."""
    if "{{" not in text:
        return text
    return _SILENT.sub("", _HIDDEN.sub(r" \1 ", text))


class _Reader:
    """Reads one text from left to right, once; macros may stand inside macros."""

    def __init__(self, text: str, cast: Cast) -> None:
        self._text = text
        self._cast = cast
        self._chance = random.Random(f"{cast.seed}\0{text}")
        self._tokens = list(_TOKEN.finditer(text))
        self._closed = _closed(self._tokens)

    def whole(self) -> str:
        return self._between(0, len(self._text), 0, len(self._tokens), 0)

    def _between(self, at: int, end: int, first: int, last: int, depth: int) -> str:
        """The text from `at` to `end`, in which the tokens `first` to `last` stand."""
        out: list[str] = []
        while first < last:
            token = self._tokens[first]
            out.append(self._text[at : token.start()])
            closed = self._closed.get(first)
            if closed is not None:
                close = self._tokens[closed]
                out.append(self._macro(token, close, first + 1, closed, depth + 1))
                first, at = closed + 1, close.end()
                continue
            out.append(self._name(token.group()))
            first, at = first + 1, token.end()
        out.append(self._text[at:end])
        return "".join(out)

    def _macro(
        self,
        opened: re.Match[str],
        close: re.Match[str],
        first: int,
        last: int,
        depth: int,
    ) -> str:
        if depth > DEEPEST:
            return self._text[opened.start() : close.end()]
        body = self._between(opened.end(), close.start(), first, last, depth)
        value = self._value(body, opened.start())
        return "{{" + body + "}}" if value is None else value

    def _name(self, token: str) -> str:
        if not token.startswith("<"):
            return token  # braces that nothing closes or opens
        is_user = token.lower() == "<user>"
        return (self._cast.user if is_user else self._cast.char)[:NAME_CHARS]

    def _value(self, body: str, place: int) -> str | None:
        """What a macro stands for; None when it is unknown."""
        named = _NAME.match(body)
        if named is None:
            return None
        name, colon = named[1].lower(), named[2] or ""
        rest = body[named.end() :]
        if name == "//":
            return ""
        if not colon:
            return None if rest.strip() else self._plain(name)
        make = _WITH_TEXT.get(name)
        return None if make is None else make(self, rest, colon, place)

    def _plain(self, name: str) -> str | None:
        if name == "char":
            return self._cast.char[:NAME_CHARS]
        if name == "user":
            return self._cast.user[:NAME_CHARS]
        return self._cast.original if name == "original" else None

    def random(self, rest: str, colon: str, _place: int) -> str | None:
        return self._chance.choice(_options(rest, colon))

    def pick(self, rest: str, colon: str, place: int) -> str | None:
        options = _options(rest, colon)
        whole = f"{self._cast.char}\0{place}\0{rest}".encode(errors="replace")
        return options[int.from_bytes(sha256(whole).digest()[:4], "big") % len(options)]

    def roll(self, rest: str, _colon: str, _place: int) -> str | None:
        sides = rest.strip().lower().removeprefix("d")
        if not sides.isascii() or not sides.isdigit() or not 0 < len(sides) < 10:
            return None
        return str(self._chance.randint(1, max(1, int(sides))))

    def reverse(self, rest: str, _colon: str, _place: int) -> str | None:
        return rest[::-1]

    def nothing(self, _rest: str, _colon: str, _place: int) -> str | None:
        return ""


def _closed(tokens: Sequence[re.Match[str]]) -> dict[int, int]:
    """Which token closes which: braces without a partner are plain text."""
    closed: dict[int, int] = {}
    opened: list[int] = []
    for number, token in enumerate(tokens):
        if token.group() == "{{":
            opened.append(number)
        elif token.group() == "}}" and opened:
            closed[opened.pop()] = number
    return closed


def _options(rest: str, colon: str) -> Sequence[str]:
    if colon == "::" and "::" in rest:
        return [option.strip() for option in rest.split("::")]
    options = re.split(r"(?<!\\),", rest)
    return [option.replace("\\,", ",").strip() for option in options]


_WITH_TEXT: Mapping[str, Callable[[_Reader, str, str, int], str | None]] = {
    "random": _Reader.random,
    "pick": _Reader.pick,
    "roll": _Reader.roll,
    "reverse": _Reader.reverse,
    "comment": _Reader.nothing,
    "hidden_key": _Reader.nothing,
}
