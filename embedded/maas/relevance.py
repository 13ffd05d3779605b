"""How much each atom has to do with a query, before use, age and certainty count.

Words and meaning add up; neither gates the other. A message of a conversation is also
judged by its neighbours and by its conversation as a whole, because a question's words
are often in the message before the answer. All weights were tuned on one half of
LoCoMo's conversations; docs/recall.md has the figures of both halves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.bm25 import AROUND, Words, match
from embedded.maas.conversations import NONE
from embedded.maas.embedder import Matrix
from embedded.maas.index import AnchorIndex
from embedded.maas.text import IS_A_QUESTION, NAMES_A_TIME, Query, term_ids
from embedded.maas.vectors import Floats

# Cosines of unrelated short statements lie below 0.1, of paraphrases near 0.8.
COSINE_NOTHING = 0.08
COSINE_EVERYTHING = 0.80
MEANING = 0.25
CONVERSATION = 1.0
NOTHING = np.float32(0)
# Who is named in the query said it; it asks when and this says when; it only asks.
SPEAKER = 0.2
TIME = 0.12
QUESTION = -0.07


@dataclass(frozen=True)
class Relevance:
    """What a query says about the rows of an index.

    `about` is how much each row is about the query, by itself or by its neighbours,
    which decides whether it is recalled. 0 is nothing and 1 about all that the query
    asks; neither is bounded.
    """

    about: Floats
    _index: AnchorIndex
    _query: Query
    _words: Words
    _meaning: Floats

    def place(self, rows: npt.NDArray[np.intp]) -> Floats:
        """The place of some rows among the others, a number of the same kind."""
        index = self._index
        place: Floats = self._words.rows[rows] + MEANING * self._meaning[rows]
        place += _hints(index, self._query)[rows]
        if index.conversations.count:
            number = index.conversations.number[rows]
            place += (
                CONVERSATION * np.append(self._words.conversations, NOTHING)[number]
            )
            place += MEANING * self._around(rows)
        return place

    def _around(self, rows: npt.NDArray[np.intp]) -> Floats:
        """What the neighbours of each message mean; nothing outside conversations."""
        before, after = (
            self._index.conversations.before,
            self._index.conversations.after,
        )
        one_before, one_after = before[rows], after[rows]
        # `NONE` is the last place of each, where nothing stands.
        two_before = np.append(before, np.int32(NONE))[one_before]
        two_after = np.append(after, np.int32(NONE))[one_after]
        meaning = np.append(self._meaning, NOTHING)
        total = np.zeros(len(rows), dtype=np.float32)
        neighbours = (one_before, one_after, two_before, two_after)
        for share, beside in zip(AROUND, neighbours, strict=True):
            total += share * meaning[beside]
        return total


def relevance(index: AnchorIndex, query: Query, lines: Matrix) -> Relevance:
    """Compare a query with all rows; `lines` are its lines as vectors."""
    words = match(index, query)
    span = COSINE_EVERYTHING - COSINE_NOTHING
    meaning = np.clip((index.meaning(lines) - COSINE_NOTHING) / span, 0.0, 1.0)
    meaning[~index.alive] = 0
    return Relevance(
        words.subjects * words.rows + meaning, index, query, words, meaning
    )


def _hints(index: AnchorIndex, query: Query) -> Floats:
    hints = np.zeros(index.size, dtype=np.float32)
    for mark in query.speakers:
        hints[index.postings.find(mark)[0]] = SPEAKER
    if query.when:
        hints[_marked(index, NAMES_A_TIME)] += TIME
    questions = _marked(index, IS_A_QUESTION)
    if len(questions):
        hints[questions] += QUESTION
    return hints


def _marked(index: AnchorIndex, mark: str) -> npt.NDArray[np.int32]:
    return index.postings.find(term_ids([mark])[0])[0]
