"""What two answers do not share, word by word, marked in both.

Words count as shared when a few of them stand in both answers in the same order: two
texts always share "the", and that says nothing. Scripts that write no spaces between
words are compared sign by sign, and two signs count as a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.marks import Mark, render_with

# Runs of Thai, Lao, Burmese, Khmer, kana and Chinese characters have no spaces in them.
SIGNS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
)
SIGN = re.compile(f"[{SIGNS}]")
WORD = re.compile(rf"[{SIGNS}]|(?:(?![{SIGNS}])[\w'\u2019-])*(?![{SIGNS}])\w")
GAP = re.compile(r"[ ,;:.!?\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]{0,3}")
"""Between two words of a passage: nothing that Markdown could make a tag of."""
LEAST_RUN = 3
"""Words in a row that make a shared passage."""
MOST_WORDS = 1_500
"""Longer answers are shown without marks: comparing grows with their product."""
MOST_PAIRS = 100_000
"""The same of answers that say one thing over and over: each word has many partners."""
A_WORD = 2
"""Signs that say about as much as a word."""

OPEN = mark_safe("<mark>")
CLOSE = mark_safe("</mark>")


def differences(first: str, second: str) -> tuple[SafeString, SafeString]:
    """Both texts as safe HTML, with `<mark>` around words that the other has not."""
    one, two = list(WORD.finditer(first)), list(WORD.finditer(second))
    mine = [word.group().lower() for word in one]
    other = [word.group().lower() for word in two]
    if max(len(mine), len(other)) > MOST_WORDS or _pairs(mine, other) > MOST_PAIRS:
        return render_with(first, []), render_with(second, [])
    matcher = SequenceMatcher(None, mine, other, autojunk=False)
    runs = [
        run
        for run in matcher.get_matching_blocks()
        if _weight(one[run.a : run.a + run.size]) >= LEAST_RUN
    ]
    in_first = {run.a + step for run in runs for step in range(run.size)}
    in_second = {run.b + step for run in runs for step in range(run.size)}
    return _marked(first, one, in_first), _marked(second, two, in_second)


def _pairs(mine: Sequence[str], other: Sequence[str]) -> int:
    """How many pairs of the same word there are, one of each answer."""
    counted = Counter(other)
    return sum(counted[word] for word in mine)


def _weight(words: Sequence[re.Match[str]]) -> float:
    """How many words these are, signs counted as the parts of one that they are."""
    return sum(1 / A_WORD if SIGN.match(word.group()) else 1 for word in words)


def _marked(text: str, words: list[re.Match[str]], shared: set[int]) -> SafeString:
    marks: list[Mark] = []
    for number, word in enumerate(words):
        if number in shared:
            continue
        before = marks[-1].offset if marks else 0
        if (
            marks
            and number - 1 not in shared
            and GAP.fullmatch(text, before, word.start())
        ):
            marks.pop()  # the passage goes on
        else:
            marks.append(Mark(word.start(), OPEN))
        marks.append(Mark(word.end(), CLOSE))
    return render_with(text, marks)
