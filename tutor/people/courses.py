"""Which courses a learner's page can be opened for, and which it opens with."""

from __future__ import annotations

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from tutor.models import Course, Membership


def courses_of(user: User) -> QuerySet[Course]:
    """Courses that the person has practised in, begun, or has a class in.

    The one practised last comes first.
    """
    begun = Conversation.objects.filter(user=user, character=OuterRef("tutor"))
    joined = Membership.objects.filter(learner=user, classroom__course=OuterRef("pk"))
    return (
        Course.objects.annotate(
            practised=Max("evidence__at", filter=Q(evidence__learner=user))
        )
        .filter(Q(practised__isnull=False) | Exists(begun) | Exists(joined))
        .select_related("tutor")
        .order_by(F("practised").desc(nulls_last=True), "order", "title")
    )


def offered_to(user: User) -> QuerySet[Course]:
    """Courses that this person may teach: the built-in ones and their own."""
    return Course.objects.filter(Q(brought=False) | Q(owner=user))
