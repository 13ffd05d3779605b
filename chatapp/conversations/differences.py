"""What two answers do not share, word by word, marked in both.

Words count as shared when a few of them stand in both answers in the same order: two
texts always share "the", and that says nothing.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.marks import Mark, render_with

WORD = re.compile(r"[\w'\u2019-]*\w")
GAP = re.compile(r"[ ,;:.!?]{1,3}")
"""Between two words of a passage: nothing that Markdown could make a tag of."""
LEAST_RUN = 3
"""Words in a row that make a shared passage."""
MOST_WORDS = 1_500
"""Longer answers are shown without marks: comparing grows with their product."""

OPEN = mark_safe("<mark>")
CLOSE = mark_safe("</mark>")


def differences(first: str, second: str) -> tuple[SafeString, SafeString]:
    """Both texts as safe HTML, with `<mark>` around words that the other has not."""
    one, two = list(WORD.finditer(first)), list(WORD.finditer(second))
    if max(len(one), len(two)) > MOST_WORDS:
        return render_with(first, []), render_with(second, [])
    matcher = SequenceMatcher(
        None,
        [word.group().lower() for word in one],
        [word.group().lower() for word in two],
        autojunk=False,
    )
    runs = [run for run in matcher.get_matching_blocks() if run.size >= LEAST_RUN]
    in_first = {run.a + step for run in runs for step in range(run.size)}
    in_second = {run.b + step for run in runs for step in range(run.size)}
    return _marked(first, one, in_first), _marked(second, two, in_second)


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
