"""Who one can talk to: built-in characters, people's own, and the tutors of courses."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.templatetags.static import static
from django.urls import reverse

from chatapp.characters.kept import CharacterVersion, Favourite, ThemeChoice
from chatapp.characters.roles import Persona, PersonaChoice

__all__ = [
    "Character",
    "CharacterVersion",
    "Favourite",
    "Image",
    "Lorebook",
    "Persona",
    "PersonaChoice",
    "ThemeChoice",
]
NAME_CHARS = 80
TAGLINE_CHARS = 120
TAG_CHARS = 60
UNDRAWN = "avatars/own.svg"
"""Stands in for the picture of a character that has none."""


def new_slug() -> str:
    """A slug for somebody's own character: it names a memory, and is never reused."""
    return f"u{secrets.token_hex(6)}"


class Image(models.Model):
    """A picture that a person brought, decoded and written anew by us; never changed.

    Only its owner is served it (`image_views`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    data = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["owner", "sha256"]),)

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


class Character(models.Model):
    """Somebody with a voice: a built-in one, or a person's own, whose `card` says all.

    A built-in one has `persona` (prompt text) and `greeting`; of a person's own, both
    stand in `card`: the `data` object of a V3 card, with the keys that nothing here
    knows. `envelope` is what else stood in its file. Prompts read either through
    `definition`. The columns beside are for lists, and follow the card.

    A tutor is a character too (`is_tutor`): it belongs to a course and is started
    from there, and `subject` is that course's title. `hue` (0-359) is the accent the
    pages take on, `theme` (`themes`) the colours of the room around it. `needs_preview` holds until its owner has seen what an imported
    card tells the model. `slug` is the key of the memory that people have with them.

    A deleted one (`deleted_at`) can be brought back until it is purged (`purged_at`):
    then its row goes, or holds only what the conversations with it need.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=NAME_CHARS)
    subject = models.CharField(max_length=120, blank=True)
    tagline = models.CharField(max_length=TAGLINE_CHARS, blank=True)
    description = models.TextField(blank=True)
    persona = models.TextField(blank=True)
    greeting = models.TextField(blank=True)
    starters = models.JSONField(default=list, blank=True)
    hue = models.PositiveSmallIntegerField(default=210)
    theme = models.CharField(max_length=12, default="", db_default="", blank=True)
    avatar = models.CharField(
        max_length=120, default=UNDRAWN, help_text="Path below static/."
    )
    order = models.PositiveSmallIntegerField(default=100)
    is_tutor = models.BooleanField(default=False)
    is_builtin = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="characters",
    )
    card = models.JSONField(default=dict, blank=True)
    envelope = models.JSONField(default=dict, blank=True)
    image = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    tags = ArrayField(
        models.CharField(max_length=TAG_CHARS),
        default=list,
        blank=True,
        help_text="In lower case, for filters; the card has them as they were written.",
    )
    needs_preview = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = (
            "order",
            "name",
        )
        indexes = (
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False, purged_at=None),
                name="character_to_purge",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def accent(self) -> int:
        """The class of their colour."""
        return accent(self.hue)

    @property
    def portrait(self) -> str:
        """The address of their picture."""
        return portrait(self.avatar, self.image_id)


def accent(hue: int) -> int:
    """The hue in steps of ten: each step has a class in static/css/accents.css."""
    return round(hue / 10) * 10 % 360


def portrait(avatar: str, image_id: uuid.UUID | None) -> str:
    """The address of a character's picture for lists: the person's, else a drawn one."""
    if image_id is not None:
        return reverse("characters:image_small", args=[image_id])
    return static(avatar or UNDRAWN)


class Lorebook(models.Model):
    """A lorebook of a person's own: read in every conversation while it is on.

    `data` is the book as card format V3 has it, unknown keys included. A character's
    own book is part of its card instead.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
