"""How sure a sentence about a learner may sound.

A claim whose confidence is below .6, or that rests on one observation, is hedged, and
no hedged claim uses a word that leaves no room for being wrong. Forgetting is never
called loss: what was once mastered stays in the history and is "due for refresh".
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor.learner.approach import Approach
from tutor.learner.misconception import Standing
from tutor.learner.state import (
    HEDGE,
    LEAST_SEEN,
    ConceptState,
    MisconceptionState,
)
from tutor.learner.struggle import Struggle

HIGH, LOW = 0.65, 0.4


def hedged(confidence: float, n: int) -> bool:
    """Whether a claim with this confidence from `n` observations is a guess."""
    return confidence < HEDGE or n < LEAST_SEEN


def percent(share: float) -> int:
    """A share of one in percent: from 1 to 99, since nothing is known for certain."""
    return min(99, max(1, round(100 * share)))


def observations(n: int) -> str:
    """How much was seen."""
    return ngettext("%(n)s observation", "%(n)s observations", n) % {"n": n}


def of_concept(state: ConceptState) -> str:
    """What is believed of one concept, in a few words."""
    match state.standing:
        case "new":
            return _("not practised yet")
        case "refresh":
            return _("reached before, due for refresh")
        case "mastered":
            return (
                _("can probably do it unaided")
                if state.hedged
                else _("can do it unaided")
            )
        case "likely":
            return _("likely, %(seen)s") % {"seen": observations(state.n)}
        case "learning":
            return _so_far(state)


def _so_far(state: ConceptState) -> str:
    if state.mean >= HIGH:
        return _("perhaps within reach") if state.hedged else _("within reach")
    if state.mean >= LOW:
        return _("perhaps on the way") if state.hedged else _("on the way")
    if state.hedged:
        return _("seems to need more practice")
    return _("needs more practice")


def is_disputed(state: MisconceptionState) -> bool:
    """Whether the learner's "that's wrong" stands: nothing has shown it since."""
    return state.disputed_at is not None and state.state is Standing.WEAK


def of_misconception(state: MisconceptionState) -> str:
    """What is believed of one mix-up, as the words before its statement."""
    if is_disputed(state):
        return _("You said that you do not think:")
    match state.state.value:
        case "active" if not state.hedged:
            return _("It looks as if you think:")
        case "relapsed" if not state.hedged:
            return _("This seems to have come back:")
        case "active" | "relapsed":
            return _("You may be thinking:")
        case "resolved":
            return _("You used to think:")
        case _ if state.was_active:
            return _("You may not think this any more:")
        case _:
            return _("Perhaps you think, by a first sign only:")


def of_struggle(struggle: Struggle) -> str:
    """Whether a learner is stuck somewhere."""
    if hedged(struggle.c, len(struggle.pieces)):
        return _("may be a sticking point just now")
    return _("is a sticking point just now")


def of_approach(approach: Approach) -> str:
    """Whether a way of explaining helped, with this concept and no further."""
    if approach.n < LEAST_SEEN:
        return _("seemed to help once") if approach.helped else _("did not help once")
    if approach.mean >= HIGH:
        return _("has helped")
    if approach.mean <= LOW:
        return _("has not helped so far")
    return _("helped about as often as not")
