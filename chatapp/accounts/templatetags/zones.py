"""The filter `date` of every template: a moment in an unknown zone says that it is UTC.

Stands in the place of Django's own (`builtins` in the settings), so that no template can
forget it. Days have no zone, and what machines read (`c`) carries its own.
"""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template import defaultfilters

from chatapp.accounts.zones import is_known

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def date(value: object, form: str | None = None) -> str:
    """As Django's `date`, with " UTC" behind a moment while the zone is not known."""
    told = str(defaultfilters.date(value, form))  # type: ignore[arg-type]  # as templates do
    is_moment = isinstance(value, datetime) and form != "c"
    # What was taken to a zone by another filter, such as `utc`, is that template's own.
    if is_moment and getattr(value, "convert_to_local_time", True) and not is_known():
        return f"{told} UTC"
    return told


@register.filter(expects_localtime=True, is_safe=False)
def same_zone(value: object, form: str | None = None) -> str:
    """As Django's `date`: beside a moment of the same sentence that says its zone."""
    return str(defaultfilters.date(value, form))  # type: ignore[arg-type]  # as templates do
