"""A learner, a course, and a lesson in which things are said."""

from __future__ import annotations

import pytest

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.conversations.opening import open_conversation
from tutor.models import Course
from tutor.seeding import seed_courses


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("mina")


@pytest.fixture
def course(db: None) -> Course:
    seed_courses()
    return Course.objects.get(slug="computer-networks")


@pytest.fixture
def lesson(learner: User, course: Course) -> Conversation:
    return open_conversation(learner, course.tutor, "tutor")
