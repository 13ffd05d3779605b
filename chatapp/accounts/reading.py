"""How large a person's text is and how wide its lines: two words on `<html>`.

Rendered by the server, so that a page never jumps; static/css/tokens.css says what each
word means. An empty word is the site's own measure.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextSize(models.TextChoices):
    """Of what is read and written, in steps; the interface around it stays."""

    SMALL = "small", _("Small")
    STANDARD = "", _("Standard")
    LARGE = "large", _("Large")
    LARGER = "larger", _("Larger")
    LARGEST = "largest", _("Largest")


class TextWidth(models.TextChoices):
    """How long a line may become."""

    NARROW = "narrow", _("Narrow")
    STANDARD = "", _("Standard")
    WIDE = "wide", _("Wide")
    WIDEST = "widest", _("Widest")


def next_size(size: str, step: int) -> TextSize:
    """The size `step` steps on, and no further than the last one."""
    sizes = list(TextSize)
    at = sizes.index(TextSize(size)) if size in TextSize.values else 1
    return sizes[min(max(at + step, 0), len(sizes) - 1)]
