"""What every page may say about the site itself; a context processor."""

from __future__ import annotations

from typing import Literal, TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from chatapp import wiring
from chatapp.accounts.models import SiteSwitch
from chatapp.memories.pause import paused


class Site(TypedDict):
    """`site` in the templates."""

    model_is_scripted: bool
    model_name: str
    memory_is_embedded: bool
    # These two ask the database when a template asks for them.
    replies_enabled: object
    memory_state: object


def site(request: HttpRequest) -> dict[str, Site]:
    """The template variable `site`."""
    return {
        "site": {
            "model_is_scripted": settings.SCRIPTED_MODEL,
            "model_name": "" if settings.SCRIPTED_MODEL else settings.CHAT_MODEL,
            "memory_is_embedded": settings.EMBEDDED_MAAS,
            "replies_enabled": SimpleLazyObject(replies_enabled),
            "memory_state": SimpleLazyObject(memory_state),
        }
    }


def replies_enabled() -> bool:
    """Whether new replies may start: the setting and the operator's switch both say so."""
    if not settings.REPLIES_ENABLED:
        return False
    switch = SiteSwitch.objects.filter(pk=SiteSwitch.ONLY).first()
    return switch is None or switch.replies_enabled


def memory_state() -> Literal["ok", "away", "paused"]:
    """Whether memory works: its account may be blocked, or the service be away."""
    if paused():
        return "paused"
    return "ok" if wiring.BREAKER.state == "closed" else "away"
