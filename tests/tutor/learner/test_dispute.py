"""What a learner says to a claim: each answer by its rule, and no evidence goes."""

from __future__ import annotations

import pytest

from chatapp.accounts.models import User
from chatapp.conversations.models import Message
from chatapp.memories import forgetting
from chatapp.memories.models import Atom, AtomState
from tests.tutor.learner.pieces import day
from tests.tutor.learner.test_observing import (
    CONCEPT,
    ERROR,
    answer,
    lesson_message,
    stated,
)
from tutor.learner import dispute, follow_ups
from tutor.learner.misconception import PRIOR
from tutor.learner.reading import learner_state
from tutor.models import Claim, Course, Evidence

pytestmark = pytest.mark.django_db
message = lesson_message


@pytest.fixture
def claim(learner: User, course: Course, message: Message) -> Claim:
    """An active misconception, said and then chosen."""
    stated(learner, course, message, day(0))
    answer(learner, course, day(0, 5), ok=False, misconception=ERROR)
    return Claim.objects.select_related("course", "atom").get(atom_type="misconception")


def test_that_is_wrong_lowers_the_belief_and_schedules_a_probe(
    learner: User, course: Course, claim: Claim
) -> None:
    """Check 18."""
    evidence = set(Evidence.objects.values_list("pk", flat=True))
    dispute.dispute(learner, claim, now=day(1))
    state = learner_state(learner, course, day(1))
    assert state.misconceptions[ERROR].c == PRIOR
    assert not state.active()
    assert evidence < set(Evidence.objects.values_list("pk", flat=True))
    (probe,) = follow_ups.due(learner, day(1))
    assert probe.misconception == ERROR
    claim.refresh_from_db()
    assert claim.state == "weak"
    assert claim.atom is not None
    assert claim.atom.confidence == PRIOR


def test_that_is_right_raises_it_as_a_stated_error(
    learner: User, course: Course, claim: Claim
) -> None:
    """Check 18."""
    before = learner_state(learner, course, day(1)).misconceptions[ERROR].c
    dispute.confirm(learner, claim, now=day(1))
    assert learner_state(learner, course, day(1)).misconceptions[ERROR].c > before


def test_ask_me_again_moves_no_number(
    learner: User, course: Course, claim: Claim
) -> None:
    """Check 18."""
    before = learner_state(learner, course, day(1)).misconceptions[ERROR]
    dispute.retest(learner, claim, now=day(1))
    assert learner_state(learner, course, day(1)).misconceptions[ERROR] == before
    assert len(follow_ups.due(learner, day(1))) == 1


def test_what_was_removed_is_not_believed_and_new_evidence_begins_anew(
    learner: User, course: Course, claim: Claim
) -> None:
    """Check 18."""
    dispute.forget(learner, claim, now=day(1))
    assert not learner_state(learner, course, day(1)).misconceptions
    assert not Atom.objects.filter(
        atom_type="misconception",
        state__in=[AtomState.PENDING, AtomState.SAVED],
        superseded_by=None,
    ).exists()
    answer(learner, course, day(2), ok=False, misconception=ERROR)
    assert learner_state(learner, course, day(2)).misconceptions[ERROR].sightings == 1


def test_forgetting_the_atom_on_the_memory_panel_is_the_same(
    learner: User, course: Course, claim: Claim
) -> None:
    assert claim.atom is not None
    forgetting.forget(claim.atom.pk)
    # It was seen in March 2026; the removal is of now.
    assert not learner_state(learner, course, day(3)).misconceptions
    forgetting.undo(claim.atom.pk)
    assert learner_state(learner, course, day(3)).misconceptions


def test_a_disputed_mastery_is_checked_before_it_counts_again(
    learner: User, course: Course
) -> None:
    for number in range(4):
        answer(learner, course, day(number))
    claim = Claim.objects.select_related("course", "atom").get()
    dispute.dispute(learner, claim, now=day(4))
    assert not learner_state(learner, course, day(4)).concept(CONCEPT).mastered
    answer(learner, course, day(5))
    assert learner_state(learner, course, day(5)).concept(CONCEPT).mastered


def test_nobody_disputes_for_another(claim: Claim) -> None:
    with pytest.raises(PermissionError):
        dispute.dispute(User.objects.create_user("noor"), claim)
