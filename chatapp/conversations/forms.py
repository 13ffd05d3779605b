"""What a page may send: checked once, with a sentence for each thing that is wrong."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from chatapp.fields import UNREADABLE, TextField


class SendForm(forms.Form):
    """A message and its idempotency key."""

    text = TextField(
        strip=False,
        max_length=settings.MESSAGE_MAX_CHARS,
        error_messages={
            "required": _("Write something first."),
            "max_length": format_lazy(
                _(
                    "A message may have up to {most} characters."
                    " Shorten it or send it in parts; nothing is lost."
                ),
                most=f"{settings.MESSAGE_MAX_CHARS:,}",
            ),
            "null_characters_not_allowed": _(
                "The message contains a character that can not be stored (NUL)."
                " Remove it and send again."
            ),
        },
    )
    key = forms.UUIDField(
        error_messages={
            "required": _("The page is out of date. Reload it; your text is kept."),
            "invalid": _("The page is out of date. Reload it; your text is kept."),
        }
    )

    def clean_text(self) -> str:
        """The message, unless a part of it can not be stored."""
        text: str = self.cleaned_data["text"]
        if UNREADABLE.search(text):
            raise ValidationError(
                _(
                    "The message contains half a character (a lone surrogate) that can not"
                    " be stored. Remove it and send again."
                )
            )
        return text

    def problem(self) -> str:
        """The first thing that is wrong, as a sentence."""
        for errors in self.errors.values():
            return str(errors[0])
        return ""


class SelectForm(forms.Form):
    """Which version to show."""

    sibling = forms.UUIDField()


class ContinueForm(forms.Form):
    """With which generation the reply ended on the page."""

    generation = forms.UUIDField(required=False)


class RegenerateForm(forms.Form):
    """The idempotency key of a reply that is asked for anew."""

    key = forms.UUIDField(required=False)


class GapForm(forms.Form):
    """Which gap of the transcript to fill, and from which side."""

    before = forms.UUIDField()
    after = forms.UUIDField(required=False)
    down = forms.BooleanField(required=False)


class SummaryForm(forms.Form):
    """A conversation's summary in the person's words; `at` is the one they read."""

    text = forms.CharField(
        label=gettext_lazy("Summary"),
        max_length=6_000,
        widget=forms.Textarea({"rows": 14}),
    )
    at = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """The words, unless a part of them can not be stored."""
        text: str = self.cleaned_data["text"]
        if UNREADABLE.search(text):
            raise ValidationError(
                gettext("It contains half a character that can not be stored.")
            )
        return text


class KeepForm(forms.Form):
    """A form of the pages that keep order: its first problem is what is said."""

    def problem(self) -> str:
        """The first thing that is wrong, as a sentence."""
        return next((str(errors[0]) for errors in self.errors.values()), "")


class RenameForm(KeepForm):
    """A conversation's name; none lets the next message name it."""

    title = forms.CharField(
        required=False,
        max_length=120,
        error_messages={
            "max_length": gettext_lazy("A name may have up to 120 characters.")
        },
    )


class FolderForm(KeepForm):
    """A folder's name."""

    name = forms.CharField(
        max_length=60,
        error_messages={
            "required": gettext_lazy("A folder needs a name."),
            "max_length": gettext_lazy("A folder's name may have up to 60 characters."),
        },
    )


class MoveForm(KeepForm):
    """Into which folder; a name in `new` makes one."""

    folder = forms.CharField(required=False, max_length=20)
    new = forms.CharField(
        required=False,
        max_length=60,
        error_messages={
            "max_length": gettext_lazy("A folder's name may have up to 60 characters.")
        },
    )
