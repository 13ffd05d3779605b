"""The colours of a conversation: a few designed themes, each for light and dark.

static/css/themes.css has their colours, every pair of which a test holds at 4.5 to 1.
A character's author may choose one; whoever talks with the character may choose another.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """The word is the class that the page wears."""

    PLAIN = "", _("Their own accent")
    SEA = "sea", _("Sea")
    FOREST = "forest", _("Forest")
    SAND = "sand", _("Sand")
    ROSE = "rose", _("Rose")
    DUSK = "dusk", _("Dusk")
    SLATE = "slate", _("Slate")
    INK = "ink", _("Ink, strong contrast")


def theme_of(name: object) -> Theme:
    """The theme of this name; what is none is the plain one."""
    return Theme(name) if name in Theme.values else Theme.PLAIN
