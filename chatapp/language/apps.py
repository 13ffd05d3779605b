"""The Django app; it has no tables, the choice is a column of the person."""

from __future__ import annotations

from django.apps import AppConfig


class LanguageConfig(AppConfig):
    """English, Korean, Japanese."""

    name = "chatapp.language"
    verbose_name = "Language"
