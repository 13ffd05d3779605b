"""Which courses a person can take: the site's, their own, and those of their classes.

A course whose owner's account is gone stays with those who learn in it.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from tutor.models import Course, Membership


def courses_for(user: User | AnonymousUser) -> QuerySet[Course]:
    """Every course that a person may see; another teacher's own are not among them.

    The texts of imported files are not fetched unless asked for.
    """
    whose = Q(brought=False)
    if isinstance(user, User):
        theirs = Membership.objects.filter(learner=user).values("classroom__course")
        begun = Conversation.objects.filter(user=user, character=OuterRef("tutor"))
        left = Q(Exists(begun), owner=None)
        whose |= Q(owner=user) | Q(pk__in=theirs) | left
    return Course.objects.filter(whose).defer("files")
