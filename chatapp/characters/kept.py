"""What a person keeps of characters: favourites, colours, and each version they wrote."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Favourite(models.Model):
    """A character that a person wants to find first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "character"], name="one_favourite_per_character"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.character_id}"


class ThemeChoice(models.Model):
    """In which colours a person talks with a character; "" are those of its accent.

    No row: those that the character's author chose.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE)
    theme = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "character"], name="one_theme_per_character"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} with {self.character_id}: {self.theme}"


class CharacterVersion(models.Model):
    """A character as it was saved once; `number` counts from 1. Never changed."""

    character = models.ForeignKey(
        "characters.Character", on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    card = models.JSONField()
    image = models.ForeignKey(
        "characters.Image", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=["character", "number"], name="one_version_per_number"
            ),
        )

    def __str__(self) -> str:
        return f"{self.character_id} version {self.number}"
