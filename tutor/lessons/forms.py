"""What a press on the card carries: which question it is about, and its key."""

from __future__ import annotations

from django import forms


class MoveForm(forms.Form):
    """The question and the idempotency key of one move."""

    question = forms.IntegerField(min_value=1)
    key = forms.UUIDField()
