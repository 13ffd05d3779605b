"""What every page may say about the site itself; a context processor."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from chatapp.accounts.models import SiteSwitch


class Site(TypedDict):
    """`site` in the templates."""

    model_is_scripted: bool
    model_name: str
    memory_is_embedded: bool
    replies_enabled: object  # asks the database when a template asks for it


def site(request: HttpRequest) -> dict[str, Site]:
    """The template variable `site`."""
    return {
        "site": {
            "model_is_scripted": settings.SCRIPTED_MODEL,
            "model_name": "" if settings.SCRIPTED_MODEL else settings.CHAT_MODEL,
            "memory_is_embedded": settings.EMBEDDED_MAAS,
            "replies_enabled": SimpleLazyObject(replies_enabled),
        }
    }


def replies_enabled() -> bool:
    """Whether new replies may start: the setting and the operator's switch both say so."""
    if not settings.REPLIES_ENABLED:
        return False
    switch = SiteSwitch.objects.filter(pk=SiteSwitch.ONLY).first()
    return switch is None or switch.replies_enabled
