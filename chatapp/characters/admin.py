"""Operators change who one can talk to."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from chatapp.characters.models import Character


@admin.register(Character)
class CharacterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """Built-in ones are written again from their files whenever the site is seeded."""

    list_display = ("name", "slug", "tagline", "is_tutor", "is_builtin", "order")
    list_filter = ("is_tutor", "is_builtin")
    search_fields = ("name", "slug", "tagline")
    readonly_fields = ("is_builtin", "created_at", "updated_at")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Character | None = None
    ) -> tuple[str, ...]:
        """The slug names the memory that people have with them: it stays."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields
