"""Operators change what one can learn."""

from __future__ import annotations

from django.contrib import admin

from tutor.models import Course


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """The built-in ones are written again from their files at each seeding."""

    list_display = ("title", "slug", "tutor", "order")
    list_select_related = ("tutor",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("tutor",)
