"""Registers the app with Django."""

from __future__ import annotations

from django.apps import AppConfig


class MemoriesConfig(AppConfig):
    name = "chatapp.memories"
    label = "memories"
    verbose_name = "Memories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell what is remembered of who leaves, and see to what they leave behind."""
        from django.db.models.signals import pre_delete

        from chatapp.accounts import leaving
        from chatapp.memories import orphans  # models are loaded only now
        from chatapp.memories.models import Anchor

        leaving.register(orphans.tell)
        pre_delete.connect(orphans.note, sender=Anchor)
