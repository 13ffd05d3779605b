"""Whose memory a scope is, in the words of a page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chatapp.characters.models import Character

TUTORS = _("your tutors")


def who(lane: str, key: str) -> str:
    """The character's name, or the tutors, who share what they know of a learner."""
    if lane == "tutor":
        return str(TUTORS)
    found = Character.objects.filter(slug=key).values_list("name", flat=True).first()
    return found or key
