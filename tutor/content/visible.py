"""Which courses a person can take: the site's, their own, and those of their classes."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from chatapp.accounts.models import User
from tutor.models import Course, Membership


def courses_for(user: User | AnonymousUser) -> QuerySet[Course]:
    """Every course that a person may see; another teacher's own are not among them.

    The texts of imported files are not fetched unless asked for.
    """
    whose = Q(owner=None)
    if isinstance(user, User):
        theirs = Membership.objects.filter(learner=user).values("classroom__course")
        whose |= Q(owner=user) | Q(pk__in=theirs)
    return Course.objects.filter(whose).defer("files")
