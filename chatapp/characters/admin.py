"""Operators change who one can talk to."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chatapp.characters.models import Character


@admin.register(Character)
class CharacterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """Built-in ones are written again from their files whenever the site is seeded.

    What people bring is theirs: it is not shown here.
    """

    list_display = ("name", "slug", "tagline", "is_tutor", "is_builtin", "order")
    list_filter = ("is_tutor", "is_builtin")
    search_fields = ("name", "slug", "tagline")
    readonly_fields = ("is_builtin", "created_at", "updated_at")

    exclude = (
        *("owner", "card", "envelope", "image", "needs_preview"),
        *("deleted_at", "purged_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Character]:
        """The site's own characters."""
        return super().get_queryset(request).filter(owner=None)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Character | None = None
    ) -> tuple[str, ...]:
        """The slug names the memory that people have with them: it stays."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields
