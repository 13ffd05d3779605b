"""Registers the app with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CharactersConfig(AppConfig):
    name = "chatapp.characters"
    label = "characters"
    verbose_name = "Characters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take over what guests leave; tell what goes with an account."""
        from chatapp.accounts.leaving import register
        from chatapp.accounts.signals import guest_signed_in
        from chatapp.characters import (  # models are loaded only now
            joining,
            leaving,
            personas,
            theming,
        )

        guest_signed_in.connect(joining.bring_along)
        guest_signed_in.connect(personas.join)
        guest_signed_in.connect(theming.join)
        register(leaving.tell)
