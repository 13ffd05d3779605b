"""The end of a class: its learners are told, whoever ended it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chatapp.accounts.models import User
from tutor.models import Classroom, EndedClass, Membership


def tell(instance: Classroom, origin: Any, **_: Any) -> None:
    """Receiver of `pre_delete` of a class, in the transaction that deletes it.

    `origin` is what the deletion began with. Whoever goes in the same one is not told.
    """
    places = instance.memberships.exclude(learner=instance.teacher_id)
    people: QuerySet[User] | None = None
    if isinstance(origin, User):
        people = User.objects.filter(pk=origin.pk)
    elif isinstance(origin, QuerySet) and origin.model is User:
        people = origin
    if people is not None:
        places = places.exclude(learner__in=people.values("pk"))
    why = EndedClass.Why.CLASS if people is None else EndedClass.Why.ACCOUNT
    EndedClass.objects.bulk_create(
        _told(place, instance, why) for place in places.iterator()
    )


def removed(place: Membership) -> None:
    """A teacher took one learner out."""
    _told(place, place.classroom, EndedClass.Why.REMOVED).save()


def _told(place: Membership, room: Classroom, why: EndedClass.Why) -> EndedClass:
    return EndedClass(
        learner_id=place.learner_id,
        title=room.title,
        course_title=room.course.title,
        why=why,
    )
