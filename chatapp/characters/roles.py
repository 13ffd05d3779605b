"""Whom people play: their personas, and which of them they are with whom.

A persona is what a character calls the person and knows of them from the start. One
that is a role (`is_role`) keeps its memories to itself; one that is not is the person
under another name, and shares theirs.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse


class Persona(models.Model):
    """Somebody as whom a person talks. `description` is prompt text.

    A deleted one (`deleted_at`) can be brought back until it is purged (`purged_at`):
    then its row goes, or holds its name alone, which says as whom something was said.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personas"
    )
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    image = models.ForeignKey(
        "characters.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    is_role = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    number = models.PositiveIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "created_at")
        indexes = (
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False, purged_at=None),
                name="persona_to_purge",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(is_default=True),
                name="one_default_persona",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def portrait(self) -> str:
        """The address of its picture, "" when it has none."""
        if self.image_id is None:
            return ""
        return reverse("characters:image", args=[self.image_id])


class PersonaChoice(models.Model):
    """As whom a person begins conversations with one character.

    `persona` is empty for themselves, whatever their default is.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE)
    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "character"], name="one_persona_per_character"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} with {self.character_id}"
