"""Where the key words of lorebooks occur in what was said.

All plain keys are looked for in one reading of each message, so that a book of 2,000
entries costs little more than one of ten. A key is a pattern only when it is written
`/pattern/flags`; patterns run in linear time (re2), are short, and share a time that no
turn can exceed. Nothing of Django here.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import re2

PATTERN_CHARS = 200
PATTERN_MEMORY = 128 * 1024
"""Bytes that one compiled pattern may take with all its states."""
PATTERN_TEXT = 6_000
"""Characters at the end of a message that patterns look at."""
PATTERNS_S = 0.1
"""Seconds that all patterns of a turn may take; what was not looked for by then is
said to be so."""
TEXT_CHARS = 60_000
"""Characters in which plain keys are looked for, the newest first."""
MOST_WORDS = 8
"""Words of a key that are looked up; a longer one is looked for letter by letter."""
SHOWN_CHARS = 60
_PATTERN = re.compile(r"/(.+)/([a-z]*)", re.DOTALL)
_FLAGS = frozenset("imsguy")
_WORD = re.compile(r"\w+")
_PLAIN = re.compile(r"[\w\s]+")
# Scripts that write without spaces, and Korean, whose particles stick to the word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Key(NamedTuple):
    """One key as it is to be looked for; equal keys are looked for once.

    It is a pattern if it is written as one: `use_regex` is not asked, since SillyTavern
    writes it for plain words and older cards do not have it.
    """

    text: str
    case_sensitive: bool = False
    whole_words: bool = True


@dataclass
class Found:
    """Where a key occurs: how many messages back, nearest and farthest, and as what."""

    nearest: int
    farthest: int
    words: str


class Pattern(NamedTuple):
    """A key that is written as a pattern."""

    source: str
    flags: str


def pattern_of(key: Key) -> Pattern | None:
    """The pattern, when the key is written as one."""
    if not key.text.startswith("/"):
        return None
    written = _PATTERN.fullmatch(key.text)
    if written is None or not _FLAGS.issuperset(written[2]):
        return None
    return Pattern(written[1], written[2])


def is_broken(key: Key) -> bool:
    """Whether it is written as a pattern that is too long or that re2 does not take."""
    pattern = pattern_of(key)
    return pattern is not None and _compiled(pattern) is None


class KeyIndex:
    """The keys of some books, arranged to be found in one reading."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.patterns: list[tuple[Key, Pattern]] = []
        self._parts: list[tuple[Key, str]] = []
        self._literal: list[Key] = []
        self._words: dict[tuple[str, ...], list[Key]] = {}
        # By its first word: how many words a key may have.
        self._lengths: dict[str, set[int]] = {}
        for key in dict.fromkeys(keys):
            pattern = pattern_of(key)
            if pattern is not None:
                self.patterns.append((key, pattern))
                continue
            plain = _flat(key.text)
            if _UNSPACED.search(plain) or not key.whole_words:
                self._parts.append((key, key.text if key.case_sensitive else plain))
                continue
            words = tuple(_WORD.findall(plain))
            is_plain = _PLAIN.fullmatch(plain) and 0 < len(words) <= MOST_WORDS
            if key.case_sensitive or not is_plain:
                self._literal.append(key)
                continue
            self._words.setdefault(words, []).append(key)
            self._lengths.setdefault(words[0], set()).add(len(words))

    def find(self, texts: Sequence[str], clock: Clock) -> dict[Key, Found]:
        """Which keys occur in these texts, the newest first, and where."""
        found: dict[Key, Found] = {}
        room = TEXT_CHARS
        for distance, whole in enumerate(texts):
            text = whole[-room:] if room > 0 else ""
            room -= len(text)
            flat = _flat(text)
            for key, words in self._in_words(flat):
                _note(found, key, distance, words)
            for key, part in self._parts:
                if part in (text if key.case_sensitive else flat):
                    _note(found, key, distance, key.text)
            for key in self._literal:
                if words := _literally(key, text if key.case_sensitive else flat):
                    _note(found, key, distance, words)
        self._patterns_in(texts, found, clock)
        return found

    def _patterns_in(
        self, texts: Sequence[str], found: dict[Key, Found], clock: Clock
    ) -> None:
        for key, pattern in self.patterns:
            if clock.is_over():
                clock.missed.add(key)
                continue
            search = _compiled(pattern)
            if search is None:
                clock.broken.add(key)
                continue
            for distance, text in enumerate(texts):
                match = search.search(text[-PATTERN_TEXT:])
                if match is not None:
                    _note(found, key, distance, match.group())

    def _in_words(self, flat: str) -> Iterable[tuple[Key, str]]:
        if not self._words:
            return
        words = _WORD.findall(flat)
        for place, word in enumerate(words):
            for base in _bases(word):
                for length in self._lengths.get(base, ()):
                    yield from self._at(words, place, length, base)

    def _at(
        self, words: Sequence[str], place: int, length: int, first: str
    ) -> Iterable[tuple[Key, str]]:
        """The keys of that many words that begin here; their last may have an ending."""
        found = words[place : place + length]
        if len(found) < length or (length > 1 and first != found[0]):
            return
        for last in _bases(found[-1]) if length > 1 else (first,):
            for key in self._words.get((*found[:-1], last), ()):
                yield key, " ".join(found)


class Clock:
    """The time that the patterns of one turn share.

    `missed` were not looked for any more, `broken` never can be.
    """

    def __init__(self, seconds: float = PATTERNS_S) -> None:
        self.missed: set[Key] = set()
        self.broken: set[Key] = set()
        self._until = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() > self._until


def _note(found: dict[Key, Found], key: Key, distance: int, words: str) -> None:
    before = found.get(key)
    if before is None:
        found[key] = Found(distance, distance, words[:SHOWN_CHARS])
    else:
        before.farthest = max(before.farthest, distance)


def _bases(word: str) -> tuple[str, ...]:
    """The word, and what it would be the plural of."""
    if len(word) < 4 or not word.endswith("s") or not word.isascii():
        return (word,)
    return (word, word[:-1], word[:-2]) if word.endswith("es") else (word, word[:-1])


def _literally(key: Key, text: str) -> str:
    """A key with signs in it, or one whose case counts, as it stands in the text."""
    wanted = key.text if key.case_sensitive else _flat(key.text)
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        before = text[at - 1 : at] if at else ""
        if not (
            _both_words(before, wanted[:1])
            or _both_words(wanted[-1:], text[end : end + 1])
        ):
            return wanted
        at = text.find(wanted, at + 1)
    return ""


def _both_words(left: str, right: str) -> bool:
    return bool(left and right and _WORD.match(left) and _WORD.match(right))


def _flat(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=256)
def _compiled(pattern: Pattern) -> re2._Regexp | None:
    if len(pattern.source) > PATTERN_CHARS:
        return None
    options = re2.Options()
    options.max_mem = PATTERN_MEMORY
    options.log_errors = False  # it would write what people wrote to the log
    options.case_sensitive = "i" not in pattern.flags
    options.dot_nl = "s" in pattern.flags
    source = f"(?m){pattern.source}" if "m" in pattern.flags else pattern.source
    try:
        return re2.compile(source, options=options)
    except re2.error:
        return None
