"""Registers the app with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CharactersConfig(AppConfig):
    name = "chatapp.characters"
    label = "characters"
    verbose_name = "Characters"
    default_auto_field = "django.db.models.BigAutoField"
