"""Registers the app with Django."""

from __future__ import annotations

from django.apps import AppConfig


class MaasConfig(AppConfig):
    name = "embedded.maas"
    label = "maas"
    verbose_name = "Embedded memory service"
    default_auto_field = "django.db.models.BigAutoField"
