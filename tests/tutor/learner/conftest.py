"""A learner, a course, and a lesson in which things are said.

Models are imported inside the fixtures: this file is read before Django is ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chatapp.accounts.models import User
    from chatapp.conversations.models import Conversation
    from tutor.models import Course


@pytest.fixture
def learner(db: None) -> User:
    """Somebody who learns."""
    from chatapp.accounts.models import User

    return User.objects.create_user("mina")


@pytest.fixture
def course(db: None) -> Course:
    """One of the built-in courses."""
    from tutor.models import Course
    from tutor.seeding import seed_courses

    seed_courses()
    return Course.objects.get(slug="computer-networks")


@pytest.fixture
def lesson(learner: User, course: Course) -> Conversation:
    """A lesson in it, in which nothing was said but the greeting."""
    from chatapp.conversations.opening import open_conversation

    return open_conversation(learner, course.tutor, "tutor")
