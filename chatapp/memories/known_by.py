"""Whose memory a scope is, in the words of a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from chatapp.characters.models import Character

TUTORS = _("your tutors")


def who(lane: str, key: str) -> str:
    """The character's name, or the tutors, who share what they know of a learner."""
    if lane == "tutor":
        return str(TUTORS)
    found = Character.objects.filter(slug=key).values_list("name", flat=True).first()
    return found or key


def names(scopes: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """The same for many scopes, each as (lane, key), in one query."""
    keys = [key for lane, key in scopes if lane != "tutor"]
    rows = Character.objects.filter(slug__in=keys).values_list("slug", "name")
    called = dict(rows)
    return {
        (lane, key): str(TUTORS) if lane == "tutor" else called.get(key, key)
        for lane, key in scopes
    }
