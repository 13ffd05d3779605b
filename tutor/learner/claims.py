"""What a state amounts to as claims of the tutor's taxonomy, each with its proof.

Plain values: what is to be said, how surely, and by which evidence. Whether that is
news, and what becomes of its atom, is `tutor.learner.settling`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.learner import goal, wording
from tutor.learner.approach import Approach
from tutor.learner.misconception import RESOLVED, Standing
from tutor.learner.state import LearnerState
from tutor.learner.wording import Names

FOLLOW_UP = 1.0
OUTCOMES = 2
"""Of an approach, before it is said that it helps; the learner's own word is enough."""


@dataclass(frozen=True)
class Wanted:
    """One claim as it should stand; `follow_up` is its row, for the type of that name.

    `evidence` are the ids of its pieces and `quote` literal words of one of them.
    """

    atom_type: str
    key: str
    concept: str
    state: str
    confidence: float
    text: str
    evidence: tuple[int, ...] = ()
    quote: str = ""


def wanted(state: LearnerState, names: Names) -> Iterator[Wanted]:
    """Every claim that this state bears out."""
    yield from _concepts(state, names)
    yield from _misconceptions(state, names)
    for slug, stuck in state.struggles.items():
        yield Wanted(
            *("struggle_point", slug, slug, "stuck", stuck.c),
            wording.struggle(slug, names),
            stuck.pieces,
            stuck.quote,
        )
    for one in state.approaches:
        if one.said or one.n >= OUTCOMES:
            yield _approach(one, names)
    for aim in state.goals:
        yield Wanted(
            *("goal", goal.key_of(aim.text), "", _said(aim.confidence)),
            aim.confidence,
            wording.goal(aim.text, guessed=aim.confidence <= goal.GUESSED),
            aim.pieces,
            aim.quote,
        )
    for later in state.follow_ups:
        yield Wanted(
            *("follow_up", later.id, later.concept, "open", FOLLOW_UP),
            wording.follow_up(later.text, later.due_at),
            (),
            later.quote,
        )


def _concepts(state: LearnerState, names: Names) -> Iterator[Wanted]:
    """Nothing is said of a concept below the gate that was never above it."""
    for slug, one in state.concepts.items():
        if one.mastered_at is not None:
            yield Wanted(
                *("concept_mastered", slug, slug),
                "mastered" if one.mastered else "refresh",
                one.claim,
                wording.concept(one, names),
                one.evidence,
                one.quote,
            )


def _misconceptions(state: LearnerState, names: Names) -> Iterator[Wanted]:
    """One wrong answer alone is a signal; one that has faded was a slip."""
    for slug, one in state.misconceptions.items():
        slip = one.state is Standing.WEAK and not one.was_active
        faded = slip and one.c < RESOLVED
        if one.is_claimed and not faded:
            yield Wanted(
                *("misconception", slug, one.concept, one.state.value, one.c),
                wording.misconception(one, names),
                one.evidence,
                one.quote,
            )


def _approach(one: Approach, names: Names) -> Wanted:
    return Wanted(
        *("learning_style", f"{one.concept}/{one.name}", one.concept),
        "helps" if one.helped > one.not_helped else "does not",
        one.mean,
        wording.approach(one, names),
        one.pieces,
        one.quote,
    )


def _said(confidence: float) -> str:
    return "said" if confidence > goal.GUESSED else "guessed"
