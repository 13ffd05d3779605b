"""Registers the app with Django."""

from __future__ import annotations

from django.apps import AppConfig


class MemoriesConfig(AppConfig):
    name = "chatapp.memories"
    label = "memories"
    verbose_name = "Memories"
    default_auto_field = "django.db.models.BigAutoField"
