"""Form fields that take text as it was typed, and refuse what can not be stored."""

from __future__ import annotations

import re
from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Django decodes a form with U+FFFD in place of what is no UTF-8: storing that would
# change what was typed without a word.
UNREADABLE = re.compile("[\ufffd\ud800-\udfff]")


class TextField(forms.CharField):
    """Text as it will be stored, and counted: line ends as LF, ends trimmed.

    Browsers send each line end as two characters, and count it as one.
    """

    def to_python(self, value: object) -> str:
        """Without what a browser added."""
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n").strip()


class ReadableField(TextField):
    """Text of a form with many fields: each says by itself what is wrong with it."""

    default_error_messages: ClassVar = {
        "unreadable": _(
            "A part of it is no text (half a character). Remove it and save again."
        ),
        "null_characters_not_allowed": _(
            "It contains a character that can not be stored (NUL). Remove it and save"
            " again."
        ),
    }

    def validate(self, value: str) -> None:
        """Raises ValidationError for half characters."""
        super().validate(value)
        if UNREADABLE.search(value):
            raise ValidationError(self.error_messages["unreadable"], "unreadable")
