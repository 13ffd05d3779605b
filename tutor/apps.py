"""Registers the tutor with Django, and its lane with conversations."""

from __future__ import annotations

from django.apps import AppConfig


class TutorConfig(AppConfig):
    name = "tutor"
    label = "tutor"
    verbose_name = "Tutor"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the lane of lessons."""
        from chatapp.conversations import lanes  # models are not loaded before this
        from tutor.lane import TUTOR_LANE  # the same

        lanes.register(TUTOR_LANE)
