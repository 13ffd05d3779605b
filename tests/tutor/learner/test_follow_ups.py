"""Follow-ups come when they are due, once, and end when they are answered."""

from __future__ import annotations

import pytest

from chatapp.accounts.models import User
from chatapp.memories.models import Atom, AtomState
from tests.tutor.learner.pieces import day
from tutor.learner import follow_ups
from tutor.models import Course, FollowUp

pytestmark = pytest.mark.django_db


def scheduled(
    learner: User, course: Course, quote: str = "let's do masks on Friday"
) -> FollowUp:
    return follow_ups.schedule(
        learner,
        course,
        "subnet masks",
        day(4),
        now=day(0),
        concept="cidr",
        quote=quote,
    )


def test_it_is_due_when_its_day_has_come_and_not_before(
    learner: User, course: Course
) -> None:
    later = scheduled(learner, course)
    assert not follow_ups.due(learner, day(3.9))
    assert follow_ups.due(learner, day(4)) == [later]
    assert follow_ups.due(learner, day(40), course) == [later]


def test_it_is_raised_once(learner: User, course: Course) -> None:
    later = scheduled(learner, course)
    assert follow_ups.raised(later.pk, day(5))
    assert not follow_ups.raised(later.pk, day(6))


def test_done_is_done_and_its_atom_goes(learner: User, course: Course) -> None:
    later = scheduled(learner, course)
    atom = Atom.objects.get()
    assert atom.atom_type == "follow_up"
    assert atom.confidence == 1.0
    assert "2026-03-06" in atom.content
    follow_ups.done(later.pk, day(5))
    follow_ups.cancelled(later.pk, day(6))
    later.refresh_from_db()
    assert later.status == FollowUp.Status.DONE
    assert not follow_ups.due(learner, day(9))
    atom.refresh_from_db()
    assert atom.state == AtomState.WITHDRAWN


def test_the_same_thing_again_only_moves(learner: User, course: Course) -> None:
    scheduled(learner, course)
    follow_ups.schedule(
        learner, course, "masks", day(7), now=day(1), concept="cidr", quote="Monday"
    )
    (row,) = FollowUp.objects.all()
    assert row.due_at == day(7)
    held = Atom.objects.filter(superseded_by=None)
    assert held.count() == 1


def test_without_literal_words_there_is_no_atom(learner: User, course: Course) -> None:
    scheduled(learner, course, quote="")
    assert FollowUp.objects.exists()
    assert not Atom.objects.exists()


def test_a_follow_up_is_its_learner_s_alone(learner: User, course: Course) -> None:
    scheduled(learner, course)
    assert not follow_ups.due(User.objects.create_user("noor"), day(9))
