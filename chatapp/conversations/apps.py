"""Registers the app with Django, and its lane."""

from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "chatapp.conversations"
    label = "conversations"
    verbose_name = "Conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the lane of character chat; take over what guests leave."""
        from chatapp.accounts.leaving import register
        from chatapp.accounts.signals import guest_signed_in
        from chatapp.conversations import (  # models are loaded only now
            joining,
            lanes,
            leaving,
        )

        lanes.register(lanes.CHARACTER_LANE)
        guest_signed_in.connect(joining.bring_along)
        register(leaving.tell)
