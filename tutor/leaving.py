"""What becomes of lessons, classes and courses when somebody deletes their account.

Only told here: the rules themselves are those of the rows (`models.owning`,
`classes.ending`), whoever deletes the account.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatapp.accounts.leaving import Line
from chatapp.accounts.models import User
from tutor.models import Classroom, Course, Evidence, Membership
from tutor.models.owning import needed_by_others


def tell(user: User) -> Iterator[Line]:
    """As a learner, and then as a teacher."""
    yield from _learnt(user)
    taught = Classroom.objects.filter(teacher=user)
    for room in taught.annotate(learners=Count("memberships")):
        yield Line(_ended(room.title, room.learners))
    yield from _courses(user)


def _learnt(user: User) -> Iterator[Line]:
    seen = Evidence.objects.filter(learner=user).count()
    if seen:
        text = ngettext(
            "what your tutors believe of you, with the %(n)s piece of evidence behind it",
            "what your tutors believe of you, with the %(n)s pieces of evidence behind it",
            seen,
        )
        yield Line(text % {"n": seen})
    places = Membership.objects.filter(learner=user).count()
    if places:
        text = ngettext(
            "your place in %(n)s class, and what you asked there",
            "your places in %(n)s classes, and what you asked there",
            places,
        )
        yield Line(text % {"n": places})


def _ended(title: str, learners: int) -> str:
    """A class ends with its teacher's account, and its learners read so."""
    if not learners:
        return _("your class “%(title)s”, in which nobody is") % {"title": title}
    text = ngettext(
        "your class “%(title)s”: it ends, and its %(n)s learner is told",
        "your class “%(title)s”: it ends, and its %(n)s learners are told",
        learners,
    )
    return text % {"title": title, "n": learners}


def _courses(user: User) -> Iterator[Line]:
    owned = list(Course.objects.filter(owner=user))
    needed = set(needed_by_others(Course, owned).values_list("pk", flat=True))
    for course in owned:
        if course.pk in needed:
            text = _("your course “%(title)s”: others learn in it, so it goes on")
            yield Line(text % {"title": course.title}, stays=True)
        else:
            text = _("your course “%(title)s”, in which nobody else has learnt")
            yield Line(text % {"title": course.title})
    if Membership.objects.filter(classroom__teacher=user).exists():
        yield Line(
            _("what the learners of your classes have shown: it stays theirs"),
            stays=True,
        )
