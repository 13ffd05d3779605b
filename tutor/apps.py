"""Registers the tutor with Django, and its lane with conversations."""

from __future__ import annotations

from django.apps import AppConfig


class TutorConfig(AppConfig):
    name = "tutor"
    label = "tutor"
    verbose_name = "Tutor"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the lane of lessons, and hear of people who come and go."""
        from django.db.models.signals import post_delete, pre_delete

        from chatapp.accounts.leaving import register
        from chatapp.accounts.models import User  # models are not loaded before this
        from chatapp.accounts.signals import guest_signed_in
        from chatapp.conversations import lanes  # the same
        from chatapp.memories import taking  # the same
        from tutor import leaving  # the same
        from tutor.classes import ending  # the same
        from tutor.classes import joining as places  # the same
        from tutor.content import abandoned  # the same
        from tutor.lane import TUTOR_LANE  # the same
        from tutor.learner import hearing, joining  # the same
        from tutor.models import Classroom  # the same

        lanes.register(TUTOR_LANE)
        taking.register(TUTOR_LANE.name, hearing.take)
        guest_signed_in.connect(joining.bring_along)
        guest_signed_in.connect(places.bring_along)
        pre_delete.connect(ending.tell, sender=Classroom)
        post_delete.connect(abandoned.sweep, sender=User)
        register(leaving.tell)
