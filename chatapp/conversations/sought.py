"""What a person looks for: the words they typed, as PostgreSQL is asked for them.

Every word has to occur; one of three letters and more also matches what begins with it.
Words in quotation marks stand next to each other. Chinese, Japanese and Korean are looked
for letter by letter, wherever they stand in a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from chatapp.conversations.folding import CJK, folded, folded_with_places

QUERY_CHARS = 200
TERMS = 12
"""More are not looked for; nobody types them to find something."""
PREFIX_CHARS = 3
WORD_CHARS = 60
_PART = re.compile(r'["“”„«»「]([^"“”„«»」]*)["“”„«»」]|(\S+)')
_RUN = re.compile(f"[{CJK}]+")


@dataclass(frozen=True)
class Sought:
    """Terms of a query: each a word, several in a row, or a run of letters."""

    words: tuple[tuple[str, ...], ...] = ()
    runs: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that could be found."""
        return not (self.words or self.runs)

    @property
    def words_asked(self) -> str:
        """For `to_tsquery`: its parser cuts words as it did for the messages."""
        return " & ".join(
            "(" + " <-> ".join(f"'{word}'{_end(words)}" for word in words) + ")"
            for words in self.words
        )

    @property
    def pairs_asked(self) -> str:
        """A `tsquery` of the pairs of letters; a lone letter begins a pair or is one."""
        pairs = [
            f"'{run[at : at + 2]}'" for run in self.runs for at in range(len(run) - 1)
        ]
        lone = [f"'{run}':*" for run in self.runs if len(run) == 1]
        return " & ".join(dict.fromkeys([*pairs, *lone]))

    @property
    def literal(self) -> tuple[str, ...]:
        """Runs whose pairs might stand apart: the text has to be looked at."""
        return tuple(run for run in self.runs if len(run) > 2)

    def marked(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces, and of each whether it was looked for."""
        plain, places = folded_with_places(text)
        pieces: list[tuple[str, bool]] = []
        done = 0
        for match in self._pattern.finditer(plain) if not self.is_empty else ():
            begin, end = places[match.start()], places[match.end() - 1] + 1
            if begin < done:
                continue
            pieces += [(text[done:begin], False), (text[begin:end], True)]
            done = end
        pieces.append((text[done:], False))
        return [piece for piece in pieces if piece[0]]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        found = [re.escape(run) for run in self.runs]
        for words in self.words:
            said = r"\W+".join(re.escape(word) for word in words)
            found.append(rf"\b{said}" + (r"\b" if not _end(words) else r"\w*"))
        return re.compile("|".join(found))


def sought(query: str) -> Sought:
    """Read what was typed; nothing in it can be wrong."""
    words: list[tuple[str, ...]] = []
    runs: list[str] = []
    for quoted, plain in _PART.findall(query[:QUERY_CHARS]):
        text = folded(quoted or plain)
        runs += _RUN.findall(text)
        said = [
            word[:WORD_CHARS]
            for word in _RUN.sub(" ", text).split()
            if any(letter.isalnum() for letter in word)
        ]
        words += [tuple(said)] if quoted and said else [(word,) for word in said]
    return Sought(
        tuple(dict.fromkeys(words))[:TERMS], tuple(dict.fromkeys(runs))[:TERMS]
    )


def _end(words: tuple[str, ...]) -> str:
    """Whether what begins with the word counts, too: not where words were quoted."""
    return ":*" if len(words) == 1 and len(words[0]) >= PREFIX_CHARS else ""
