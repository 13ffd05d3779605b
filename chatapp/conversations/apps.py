"""Registers the app with Django, and its lane."""

from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "chatapp.conversations"
    label = "conversations"
    verbose_name = "Conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the lane of character chat."""
        from chatapp.conversations import lanes  # models are not loaded before this

        lanes.register(lanes.CHARACTER_LANE)
