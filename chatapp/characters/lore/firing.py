"""Which entries come into a prompt for what was said, and why each one does or not.

The algorithm of card formats V2 and V3: scan depth, constant and selective entries,
recursion, budget, order, position, decorators. Plain values in, plain values out, so
that a prompt, the tester and a turn's record all say the same. Nothing of Django here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatapp.characters.lore.book import Book, Entry
from chatapp.characters.lore.keys import Clock, Found, Key, KeyIndex
from chatapp.characters.macros import Cast, expand, unseen, with_hidden_keys
from memory.tokens import tokens_in

SCAN_DEPTH = 4
"""Newest messages that are read for key words when neither book nor entry says."""
DEEPEST_SCAN = 60
ROUNDS = 4
"""How often what came in may bring in more."""
RECURSION_CHARS = 40_000
FAR = DEEPEST_SCAN + 1
Fate = Literal["in", "cut", "quiet", "off"]


@dataclass(frozen=True)
class Spoken:
    """One message as key words are looked for in it."""

    text: str
    is_reply: bool = False


@dataclass(frozen=True)
class Situation:
    """What was said, the newest first, and what else entries may ask for.

    `replies` counts the character's messages in the whole conversation, `greeting` is
    which of its greetings it began with, None when that is not known.
    """

    said: Sequence[Spoken]
    replies: int = 0
    greeting: int | None = 0


@dataclass(frozen=True)
class Finding:
    """What became of one entry. `why` is a sentence's middle, `detail` the words.

    "in" the prompt; "cut" for want of room; "quiet": nothing brought it in; "off".
    `content` has its macros replaced. `round` is 0 unless another entry brought it in.
    """

    book: Book
    entry: Entry
    fate: Fate
    why: Why
    detail: str = ""
    content: str = ""
    tokens: int = 0
    round: int = 0


Why = Literal[
    "constant",
    "activated",
    "key",
    "recursion",
    "kept",
    "off",
    "no key",
    "no secondary key",
    "no additional key",
    "excluded",
    "too early",
    "not this time",
    "other greeting",
    "only once",
    "not activated",
    "empty",
    "bad pattern",
    "no time",
    "book budget",
    "budget",
]


class Lorebooks:
    """Some books with their keys arranged; make it once and ask it often."""

    def __init__(self, books: Sequence[Book], cast: Cast) -> None:
        self.books = books
        self.cast = cast
        self._placed = [
            (book, entry, _Keys.of(entry, cast))
            for book in books
            for entry in book.entries
        ]
        self._index = KeyIndex(
            key
            for _, entry, keys in self._placed
            if entry.enabled
            for key in keys.every()
        )

        self._depth = max((_deepest(*each[:2]) for each in self._placed), default=0)

    def findings(
        self, situation: Situation, *, budget: int, cast: Cast | None = None
    ) -> list[Finding]:
        """What becomes of each entry, in the order of the books; `cast` says it."""
        said = situation.said[: self._depth]
        look = _Round(self._placed, self._index, situation, said, cast or self.cast)
        return look.settle(self.books, budget)


def placed(findings: Sequence[Finding]) -> list[Finding]:
    """Those that come into the prompt, in the order in which they stand there."""
    inside = [finding for finding in findings if finding.fate == "in"]
    return sorted(
        inside, key=lambda f: (f.entry.order, not f.book.is_own, f.entry.number)
    )


@dataclass(frozen=True)
class _Keys:
    """The keys of an entry as they are looked for."""

    first: tuple[Key, ...]
    second: tuple[Key, ...]
    additional: tuple[tuple[Key, ...], ...]
    excluded: tuple[Key, ...]

    @classmethod
    def of(cls, entry: Entry, cast: Cast) -> _Keys:
        def made(texts: Sequence[str]) -> tuple[Key, ...]:
            return tuple(
                Key(text, entry.case_sensitive, entry.whole_words)
                for written in texts
                if (text := expand(written, cast).strip())
            )

        return cls(
            made(entry.keys),
            made(entry.secondary),
            tuple(made(keys) for keys in entry.asks.additional_keys),
            made(entry.asks.exclude_keys),
        )

    def every(self) -> Iterator[Key]:
        yield from self.first
        yield from self.second
        for keys in self.additional:
            yield from keys
        yield from self.excluded


class _Round:
    """One look at all entries for one situation."""

    def __init__(
        self,
        entries: Sequence[tuple[Book, Entry, _Keys]],
        index: KeyIndex,
        situation: Situation,
        said: Sequence[Spoken],
        cast: Cast,
    ) -> None:
        self._entries = entries
        self._index = index
        self._situation = situation
        self._cast = cast
        self._clock = Clock()
        self._brought: dict[Key, Found] = {}
        texts = [unseen(spoken.text) for spoken in said]
        self._found = index.find(texts, self._clock)
        # How many messages back the person's message before the newest one is.
        mine = [n for n, spoken in enumerate(situation.said) if not spoken.is_reply]
        self._turn_before = mine[1] if len(mine) > 1 else FAR

    def settle(self, books: Sequence[Book], budget: int) -> list[Finding]:
        findings = [self._look(*entry) for entry in self._entries]
        for number in range(1, ROUNDS + 1):
            again = self._recur(findings, number)
            if again is None:
                break
            findings = again
        for book in books:
            if book.token_budget is not None:
                findings = _within(findings, book.token_budget, "book budget", book)
        return _within(findings, budget, "budget")

    def _recur(self, findings: list[Finding], number: int) -> list[Finding] | None:
        """The findings after what came in last was read too; None: nothing more came."""
        fresh = [
            with_hidden_keys(finding.entry.content)
            for finding in findings
            if finding.fate == "in"
            and finding.round == number - 1
            and finding.book.recursive
        ]
        if not fresh:
            return None
        for key, found in self._index.find(_bounded(fresh), self._clock).items():
            self._brought.setdefault(key, found)
        again = [
            self._look(book, entry, keys, number)
            if before.fate == "quiet" and book.recursive
            else before
            for before, (book, entry, keys) in zip(findings, self._entries, strict=True)
        ]
        return again if again != findings else None

    def _look(self, book: Book, entry: Entry, keys: _Keys, number: int = 0) -> Finding:
        fate, why, detail = self._judge(book, entry, keys)
        if fate != "in":
            return Finding(book, entry, fate, why, detail)
        content = expand(entry.content, self._cast).strip()
        if not content:
            return Finding(book, entry, "quiet", "empty")
        return Finding(
            book, entry, "in", why, detail, content, tokens_in(content), number
        )

    def _judge(self, book: Book, entry: Entry, keys: _Keys) -> tuple[Fate, Why, str]:
        asks = entry.asks
        if not entry.enabled:
            return "off", "off", ""
        if asks.activate:
            return "in", "activated", ""
        if asks.dont_activate:
            return "quiet", "not activated", ""
        if refused := self._refused(entry):
            return "quiet", refused, ""
        depth = _depth(book, entry)
        if excluded := self._any(keys.excluded, depth):
            return "quiet", "excluded", excluded
        if entry.constant:
            return "in", "constant", ""
        return self._by_keys(entry, keys, depth)

    def _refused(self, entry: Entry) -> Why | None:
        """What keeps an entry out whatever its keys say."""
        asks, replies = entry.asks, self._situation.replies
        if asks.activate_only_after is not None and replies < asks.activate_only_after:
            return "too early"
        if asks.activate_only_every is not None and replies % asks.activate_only_every:
            return "not this time"
        greeting = self._situation.greeting
        if asks.is_greeting is not None and greeting not in {None, asks.is_greeting}:
            return "other greeting"
        return None

    def _by_keys(self, entry: Entry, keys: _Keys, depth: int) -> tuple[Fate, Why, str]:
        asks = entry.asks
        if asks.dont_activate_after_match and self._was_found_before(keys.first):
            return "quiet", "only once", ""
        why: Why = "key"
        detail = self._any(keys.first, depth)
        if not detail and asks.keep_activate_after_match:
            detail, why = self._any(keys.first, FAR), "kept"
        if not detail:
            return "quiet", *self._nothing(keys)
        if entry.selective and keys.second:
            second = self._any(keys.second, FAR if why == "kept" else depth)
            if not second:
                return "quiet", "no secondary key", detail
            detail = f"{detail} + {second}"
        for more in keys.additional:
            if not self._any(more, FAR if why == "kept" else depth):
                return "quiet", "no additional key", detail
        if why == "key" and not self._is_said(keys.first, depth):
            why = "recursion"
        return "in", why, detail

    def _nothing(self, keys: _Keys) -> tuple[Why, str]:
        """Why no key occurs: one that can not be found says so."""
        for key in keys.first:
            if key in self._clock.missed:
                return "no time", key.text
            if key in self._clock.broken:
                return "bad pattern", key.text
        return "no key", ""

    def _any(self, keys: Sequence[Key], depth: int) -> str:
        """The words of the first key that occurs within `depth` messages."""
        for key in keys:
            found = self._found.get(key)
            if found is not None and found.nearest < depth:
                return found.words
            if key in self._brought:
                return self._brought[key].words
        return ""

    def _is_said(self, keys: Sequence[Key], depth: int) -> bool:
        near = (self._found.get(key) for key in keys)
        return any(found is not None and found.nearest < depth for found in near)

    def _was_found_before(self, keys: Sequence[Key]) -> bool:
        """Whether the turn before this one would have found it."""
        seen = (self._found.get(key) for key in keys)
        return any(
            found is not None and found.farthest >= self._turn_before for found in seen
        )


def _depth(book: Book, entry: Entry) -> int:
    """How many of the newest messages are read for this entry."""
    for asked in (entry.asks.scan_depth, book.scan_depth):
        if asked is not None:
            return min(asked, DEEPEST_SCAN)
    return SCAN_DEPTH


def _deepest(book: Book, entry: Entry) -> int:
    """The same, with what it has to know of earlier turns."""
    asks = entry.asks
    if asks.keep_activate_after_match or asks.dont_activate_after_match:
        return DEEPEST_SCAN
    return _depth(book, entry)


def _within(
    findings: list[Finding], budget: int, why: Why, of: Book | None = None
) -> list[Finding]:
    """Cut what does not fit: lowest priority first, else lowest order."""
    inside = [f for f in findings if f.fate == "in" and (of is None or f.book is of)]
    over = sum(finding.tokens for finding in inside) - budget
    cut: set[int] = set()
    for finding in sorted(inside, key=_worth):
        if over <= 0:
            break
        over -= finding.tokens
        cut.add(id(finding))
    return [
        replace(finding, fate="cut", why=why) if id(finding) in cut else finding
        for finding in findings
    ]


def _worth(finding: Finding) -> tuple[bool, bool, float, float, int]:
    """What is cut first comes first; a book of the person's own before the card's."""
    entry = finding.entry
    return (
        not entry.asks.ignore_on_max_context,
        finding.book.is_own,
        entry.priority if entry.priority is not None else entry.order,
        entry.order,
        -entry.number,
    )


def _bounded(texts: Sequence[str]) -> list[str]:
    kept, spent = [], 0
    for text in texts:
        spent += len(text)
        if spent > RECURSION_CHARS:
            break
        kept.append(text)
    return kept
