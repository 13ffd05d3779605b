"""How much each atom has to do with a query, before use, age and certainty count.

Words and meaning add up; neither gates the other. A message of a conversation is also
judged by its neighbours and by its conversation as a whole, because a question's words
are often in the message before the answer. All weights were tuned on one half of
LoCoMo's conversations; docs/recall.md has the figures of both halves.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from embedded.maas.bm25 import AROUND, match
from embedded.maas.embedder import Matrix
from embedded.maas.index import AnchorIndex
from embedded.maas.text import IS_A_QUESTION, NAMES_A_TIME, Query, term_ids
from embedded.maas.vectors import Floats

# Cosines of unrelated short statements lie below 0.1, of paraphrases near 0.8.
COSINE_NOTHING = 0.08
COSINE_EVERYTHING = 0.80
MEANING = 0.2
CONVERSATION = 1.0
# Who is named in the query said it; it asks when and this says when; it only asks.
SPEAKER = 0.15
TIME = 0.07
QUESTION = -0.07


def relevance(index: AnchorIndex, query: Query, lines: Matrix) -> tuple[Floats, Floats]:
    """Two numbers for each row: how much it is about the query, by itself or by its
    neighbours, which decides whether it is recalled; and its place among the others.

    0 is nothing and 1 about all that the query asks; neither is bounded.
    """
    words = match(index, query)
    span = COSINE_EVERYTHING - COSINE_NOTHING
    meaning = np.clip((index.meaning(lines) - COSINE_NOTHING) / span, 0.0, 1.0)
    meaning[~index.alive] = 0
    about: Floats = words.subjects * words.rows + meaning
    place = words.rows + MEANING * meaning + _hints(index, query)
    if index.conversations.count:
        number = index.conversations.number
        place += CONVERSATION * np.append(words.conversations, np.float32(0))[number]
        place += MEANING * _around(index, meaning)
    return about, place


def _around(index: AnchorIndex, meaning: Floats) -> Floats:
    """What the neighbours of each message mean; nothing outside conversations."""
    total = np.zeros(index.size + 1, dtype=np.float32)
    for neighbours, share in zip(index.conversations.around(), AROUND, strict=True):
        total[neighbours] += share * meaning
    gathered: Floats = total[:-1]
    return gathered


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
