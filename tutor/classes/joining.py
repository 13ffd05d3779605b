"""Joining and leaving a class, and what its learners let the teacher see."""

from __future__ import annotations

from datetime import datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from tutor.models import (
    Classroom,
    EndedClass,
    HelpRequest,
    Invitation,
    Membership,
)

MOST_LEARNERS = 500
"""In one class."""


class CannotJoin(Exception):
    """Why not, in a sentence for the person."""


def join(
    invitation: Invitation, learner: User, *, name: str, shares: bool, now: datetime
) -> Membership:
    """The learner's place in the class; joining again changes name and consent.

    Raises CannotJoin for the teacher, for a full class, and for a name that somebody
    else there has.
    """
    with transaction.atomic():
        classroom = Classroom.objects.select_for_update(no_key=True).get(
            pk=invitation.classroom_id
        )
        if classroom.teacher_id == learner.pk:
            raise CannotJoin(_("This is your own class. Send the link to learners."))
        others = classroom.memberships.exclude(learner=learner)
        if others.filter(name__iexact=name).exists():
            raise CannotJoin(_("Somebody in this class has this name already."))
        if others.count() >= MOST_LEARNERS:
            raise CannotJoin(_("This class is full."))
        membership, _created = Membership.objects.get_or_create(
            classroom=classroom,
            learner=learner,
            defaults={"name": name, "joined_at": now},
        )
        membership.name = name
        share(membership, on=shares, now=now)
        membership.save(update_fields=["name"])
    return membership


def share(membership: Membership, *, on: bool, now: datetime) -> None:
    """Let the teacher see the learner's own page, or no longer."""
    if on != (membership.shares_since is not None):
        membership.shares_since = now if on else None
        membership.save(update_fields=["shares_since"])


def bring_along(*, guest: User, user: User, **_: Any) -> None:
    """Receiver of `guest_signed_in`: a guest's classes and places in classes move.

    Where the account is in the class already, its own name and consent stand.
    """
    HelpRequest.objects.filter(learner=guest).update(learner=user)
    EndedClass.objects.filter(learner=guest).update(learner=user)
    for classroom in Classroom.objects.filter(teacher=guest):
        classroom.teacher = user
        classroom.title = _free_title(user, classroom)
        classroom.save(update_fields=["teacher", "title"])
    for membership in Membership.objects.filter(learner=guest):
        there = Membership.objects.filter(
            classroom=membership.classroom_id, learner=user
        )
        if there.exists():
            membership.delete()
            continue
        membership.learner = user
        membership.save(update_fields=["learner"])
        _rename(membership.classroom_id, guest.pk, user.pk)
    Membership.objects.filter(classroom__teacher=user, learner=user).delete()


def _rename(classroom: UUID, was: int, now: int) -> None:
    """It is the same person in the groups that were shown."""
    room = Classroom.objects.select_for_update(no_key=True).get(pk=classroom)

    def named(group: list[int]) -> list[int]:
        return sorted({now if pk == was else pk for pk in group})

    room.published = {
        part: [named(group) for group in groups]
        for part, groups in room.published.items()
    }
    room.seen = named(room.seen)
    room.save(update_fields=["published", "seen"])


def _free_title(teacher: User, classroom: Classroom) -> str:
    taught = Classroom.objects.filter(teacher=teacher, course=classroom.course_id)
    taken = set(taught.values_list("title", flat=True))
    tries = (f"{classroom.title[:74]} ({n})" for n in count(2))
    return next(t for t in chain([classroom.title], tries) if t not in taken)
