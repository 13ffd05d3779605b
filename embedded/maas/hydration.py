"""The notes that make the most of a token budget: what adds something, not what is next.

A note is worth its score, the more of the query's aspects it covers that no chosen note
does, and the less of it has been said already. Chosen greedily by worth for its length,
as in Lin and Bilmes, "A Class of Submodular Functions for Document Summarization"
(2011), whose cost exponent this uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.sessions import Item
from embedded.maas.text import Query, term_ids, terms_of, tokens_of

CHARACTERS_A_TOKEN = 4
# Beside its score, what a note gains by covering all of the query that is open.
COVERAGE = 0.5
# How much a note's length counts against it: 0 is not at all, 1 in full.
COST_EXPONENT = 0.3
# Chosen among the best notes that would fill this many budgets.
BUDGETS = 4
# Of a note that says this much again, nothing is worth a place in a prompt.
REPEATED = 0.95


@dataclass(frozen=True)
class Notes:
    """A prompt block, never larger than its budget, and the atoms that are in it."""

    text: str
    items: list[Item]


def fill(items: Sequence[Item], query: Query, budget: int) -> Notes:
    """Choose among recalled items, which come best first, for `budget` tokens."""
    lines = ["- " + " ".join(item.content.split()) for item in items]
    costs = np.array([tokens_in(line + "\n") for line in lines], dtype=np.int64)
    enough = int(np.searchsorted(np.cumsum(costs), BUDGETS * budget)) + 1
    items, costs = items[:enough], costs[:enough]
    holds, asked = _vocabulary(items, query)
    sizes = np.maximum(holds.sum(axis=1), 1)
    scores = np.array([item.score for item in items])
    said = np.zeros(holds.shape[1], dtype=bool)
    again = np.zeros(len(items), dtype=np.int64)  # how many of its terms were said
    aspects = holds[:, asked]
    left = np.ones(len(items), dtype=bool)
    chosen: list[int] = []
    while True:
        left &= costs <= budget
        left &= (again < REPEATED * sizes) | (again == 0)
        if not left.any():
            break
        covers = aspects[:, ~said[asked]].sum(axis=1) / max(aspects.shape[1], 1)
        fresh = 1 - again / sizes
        worth = scores * fresh * (1 + COVERAGE * covers) / costs**COST_EXPONENT
        best = int(np.argmax(np.where(left, worth, -1.0)))
        chosen.append(best)
        left[best] = False
        again += holds[:, holds[best] & ~said].sum(axis=1)
        said |= holds[best]
        budget -= int(costs[best])
    return Notes("\n".join(lines[i] for i in chosen), [items[i] for i in chosen])


def tokens_in(text: str) -> int:
    """A count no smaller than common tokenisers give: a word is at least one token,
    and letters beyond ASCII are one each."""
    ascii_letters = sum(c.isascii() for c in text)
    by_length = -(-ascii_letters // CHARACTERS_A_TOKEN) + len(text) - ascii_letters
    return max(by_length, len(text.split()))


def _vocabulary(
    items: Sequence[Item], query: Query
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which item holds which term, and which of the terms the query asks for."""
    terms = [set(term_ids(terms_of(tokens_of(i.content))).tolist()) for i in items]
    columns = {term: at for at, term in enumerate(sorted(set().union(*terms)))}
    holds = np.zeros((len(items), len(columns)), dtype=bool)
    for row, held in enumerate(terms):
        holds[row, [columns[term] for term in held]] = True
    asked = np.zeros(len(columns), dtype=bool)
    asked[[columns[t] for t in query.terms.tolist() if t in columns]] = True
    return holds, asked
