"""Takes a checked course into the database: its files, its tutor, its owner.

A course of the same name by the same teacher is replaced in place, so that what its
learners have shown stays with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from tutor.content.library import imported
from tutor.content.reading import Draft
from tutor.models import Claim, Course, Evidence, FollowUp
from tutor.seeding import outline

MOST_COURSES = 20
"""Courses that one teacher may bring."""
AVATAR = "avatars/course.svg"
_PERSONA = """
A patient tutor who asks before telling. One idea a turn, at most six sentences, ending \
in one question that can be answered from what was just said. After a wrong answer the \
tutor says what was right in it and gives a hint, after a second one a stronger hint; \
after a right answer it says in one clause why it is right. It never gives the result of \
an exercise before the learner has tried it, never teaches again what is mastered, and \
never invents what the learner did or said."""


class StillNeeded(Exception):
    """A new version lacks what learners have shown something about; args are slugs."""


class TooManyCourses(Exception):
    """A teacher has as many courses as one may have."""


@transaction.atomic
def take_in(owner: User, files: Mapping[str, str], draft: Draft) -> Course:
    """Store a course whose report is empty; returns the new or the replaced one.

    Raises `TooManyCourses` and `StillNeeded`.
    """
    # Two uploads at once come one after the other.
    User.objects.select_for_update().get(pk=owner.pk)
    theirs = list(Course.objects.filter(owner=owner).select_related("tutor"))
    course = next((c for c in theirs if _named(c) == draft.card["slug"]), None)
    if course is None and len(theirs) >= MOST_COURSES:
        raise TooManyCourses
    if course is None:
        slug = f"c{secrets.token_hex(6)}"
        course = Course(
            slug=slug, owner=owner, brought=True, tutor=Character(slug=slug)
        )
    elif missing := _shown_about(course) - _slugs(draft):
        raise StillNeeded(*sorted(missing))
    _write_tutor(course.tutor, draft.card)
    course.tutor = course.tutor  # its key is known now
    course.title = draft.card["title"]
    course.tagline = str(draft.card.get("tagline", ""))[:160]
    course.topics = outline(draft.content)
    course.files = dict(files)
    course.save()
    return course


def _shown_about(course: Course) -> set[str]:
    """The concepts and misconceptions that evidence, claims and plans speak of."""
    found: set[str] = set()
    for model in (Evidence, FollowUp):
        rows = model.objects.filter(course=course)
        for pair in rows.values_list("concept", "misconception").distinct():
            found.update(pair)
    found.update(Claim.objects.filter(course=course).values_list("concept", flat=True))
    return found - {""}


def _slugs(draft: Draft) -> set[str]:
    return {*draft.concepts, *draft.misconceptions}


def _named(course: Course) -> str:
    """The name that a course gives itself in its files."""
    return str(imported(tuple(sorted(course.files.items()))).card.get("slug", ""))


def _write_tutor(tutor: Character, card: Mapping[str, Any]) -> None:
    tutor.name = str(card.get("tutor_name") or _("Tutor"))[:80]
    tutor.subject = card["title"]
    tutor.tagline = str(card.get("tagline", ""))[:120]
    tutor.description = str(card.get("description", ""))[:600]
    tutor.persona = str(card.get("persona") or _PERSONA.strip())
    tutor.greeting = str(card.get("greeting") or _greeting(tutor.name, card["title"]))
    starters = card.get("starters")
    tutor.starters = [
        str(text)[:120] for text in (starters if isinstance(starters, list) else [])[:4]
    ]
    accent = card.get("accent")
    tutor.hue = accent % 360 if isinstance(accent, int) else 210
    tutor.avatar = AVATAR
    tutor.is_tutor = True
    tutor.save()


def _greeting(name: str, title: str) -> str:
    return _(
        'Hello, I am %(name)s. This is the course "%(title)s". Where shall we start, and'
        " what do you know of it already?"
    ) % {"name": name, "title": title}
