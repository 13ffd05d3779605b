"""Lessons: one anchor per learner, and what the tutor is told."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from chatapp.accounts.models import User
from chatapp.conversations import context
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.opening import open_conversation
from memory.taxonomy import TUTOR
from tutor.lane import TUTOR_LANE
from tutor.models import Course
from tutor.seeding import seed_courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return User.objects.create_user("mina")


@pytest.fixture
def courses() -> list[Course]:
    seed_courses()
    return list(Course.objects.all())


def test_the_tutor_is_told_its_course_and_its_concepts_by_title_alone(
    person: User, courses: list[Course]
) -> None:
    course = Course.objects.get(slug="computer-networks")
    lesson = open_conversation(person, course.tutor, "tutor")
    told = TUTOR_LANE.instructions(lesson)
    assert told.startswith(f'You are {course.tutor.name}, tutor of the course "')
    assert course.title in told
    assert "CIDR" in told
    assert "Common mistake:" not in told  # it would hold answers


def test_a_learner_has_one_anchor_whatever_the_course(
    person: User, courses: list[Course]
) -> None:
    assert len(courses) >= 2
    lessons = [open_conversation(person, c.tutor, "tutor") for c in courses]
    assert len({context.anchor_of(lesson).pk for lesson in lessons}) == 1


def test_the_learners_pseudonym_is_another_than_the_chatters(person: User) -> None:
    chat = lane_of("character").external_id(person)
    assert TUTOR_LANE.external_id(person) != chat
    assert lane_of("tutor").taxonomy is TUTOR


def test_seeding_again_changes_nothing(courses: list[Course]) -> None:
    assert seed_courses() == Course.objects.count() == len(courses)


def test_every_course_has_a_card_that_starts_it(courses: list[Course]) -> None:
    assert [card.slug for card in TUTOR_LANE.cards(AnonymousUser())] == [
        c.slug for c in courses
    ]
