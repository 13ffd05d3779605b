"""A learner in a lesson, with a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chatapp.accounts.models import User
    from tests.tutor.lessons.sitting import Sitting
    from tutor.models import Course


class Clock:
    """What time it is for the site."""

    def __init__(self) -> None:
        from django.utils import timezone

        # At noon: no test may depend on the hour in which it runs.
        now = timezone.now()
        self.now = now.replace(hour=12, minute=0, second=0, microsecond=0)

    def __call__(self) -> datetime:
        # A little later each time, as real clocks are.
        self.now += timedelta(milliseconds=1)
        return self.now

    def pass_(self, **time: float) -> None:
        """Let so much time go by."""
        self.now += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The site's clock."""
    from django.utils import timezone

    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def course(db: None) -> Course:
    """Computer networks, as it is built in."""
    from tutor.models import Course
    from tutor.seeding import seed_courses

    seed_courses()
    return Course.objects.get(slug="computer-networks")


@pytest.fixture
def learner(db: None) -> User:
    """Somebody who learns."""
    from chatapp.accounts.models import User

    return User.objects.create_user("mina")


@pytest.fixture
def sit_down(course: Course, learner: User, clock: Clock) -> Callable[[], Sitting]:
    """Opens a lesson of the course."""
    from tests.tutor.lessons.sitting import Sitting

    return lambda: Sitting.open(learner, course, clock)
