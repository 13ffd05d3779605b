"""The form of a persona, with a sentence for each field."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chatapp.fields import ReadableField

NAME_CHARS = 80
DESCRIPTION_CHARS = 8_000


class PersonaForm(forms.Form):
    """A persona as it is written. `number` is the version that was opened."""

    name = ReadableField(
        label=_("Name"),
        max_length=NAME_CHARS,
        help_text=_("What characters call you. It stands wherever {{user}} does."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = ReadableField(
        label=_("Description"),
        required=False,
        max_length=DESCRIPTION_CHARS,
        help_text=_(
            "What a character knows of you from the start: looks, trade, how you come"
            " to be here. It is in every prompt, so short is better."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    is_role = forms.BooleanField(
        label=_("This is a role that I play"),
        required=False,
        help_text=_(
            "What you say in a role is remembered as the role's, and never as your own"
            " life. Leave it unticked for yourself under another name. This can not be"
            " changed later."
        ),
    )
    is_default = forms.BooleanField(
        label=_("Begin new conversations as this"),
        required=False,
        help_text=_("With every character for whom you have not chosen otherwise."),
    )
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
