"""Registers the app with Django."""

from __future__ import annotations

from django.apps import AppConfig


class TutorConfig(AppConfig):
    name = "tutor"
    label = "tutor"
    verbose_name = "Tutor"
    default_auto_field = "django.db.models.BigAutoField"
