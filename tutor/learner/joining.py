"""A guest signs in to an account they had before: what is known of them comes along."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.memories.models import Atom
from tutor.learner.observing import recompute
from tutor.models import Claim, Course, Evidence, FollowUp


def bring_along(*, guest: User, user: User, **_: Any) -> None:
    """Receiver of `guest_signed_in`: evidence and follow-ups change owner.

    Part of the sign-in's transaction. Claims are made anew from the evidence of both;
    where both have one of the same thing, the account's atom is the one that counts.
    """
    courses = Course.objects.filter(evidence__learner=guest) | Course.objects.filter(
        follow_ups__learner=guest
    )
    with transaction.atomic():
        moved = list(courses.distinct())
        Evidence.objects.filter(learner=guest).update(learner=user)
        FollowUp.objects.filter(learner=guest).update(learner=user)
        for claim in Claim.objects.filter(learner=guest):
            mine = Claim.objects.filter(
                learner=user,
                course=claim.course_id,
                atom_type=claim.atom_type,
                key=claim.key,
            )
            if own := mine.first():
                if claim.atom_id and own.atom_id:
                    old = Atom.objects.filter(pk=claim.atom_id)
                    old.exclude(pk=own.atom_id).update(superseded_by=own.atom_id)
                claim.delete()
            else:
                Claim.objects.filter(pk=claim.pk).update(learner=user)
        for course in moved:
            recompute(user, course, timezone.now())
