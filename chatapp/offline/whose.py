"""Whose copies and drafts a browser keeps: told to every page, cleared by `owner.js`.

A page names its person by a keyed hash. Signing out is told by a cookie, so that a
browser whose page was closed too early clears what it kept at its next visit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from chatapp.accounts import zones
from chatapp.accounts.claim import WAS

LEFT = "left"
"""The cookie of a browser in which somebody has signed out."""
LEFT_S = 365 * 86_400
KEY_CHARS = 20
Handler = Callable[[HttpRequest], HttpResponse]


class Whose(TypedDict):
    """`whose` in the templates; `key` is "" for nobody, `was` the guest they were."""

    key: object
    was: object
    zone: object


def whose(request: HttpRequest) -> dict[str, Whose]:
    """The template variable `whose`, looked up when a page says it."""
    return {
        "whose": {
            "key": SimpleLazyObject(lambda: _key(request.user.pk)),
            "was": SimpleLazyObject(lambda: _was(request)),
            "zone": SimpleLazyObject(_zone),
        }
    }


class LeavingMiddleware:
    """Has the browser clear what it kept for a person who has signed out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        user_logged_out.connect(_note, dispatch_uid="a browser is left")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, LEFT):
            # Read by a script, so not HttpOnly; it says nothing but that.
            response.set_cookie(
                LEFT, "1", LEFT_S, secure=settings.SECURE, samesite="Lax"
            )
        return response


def _note(request: HttpRequest | None, user: object, **_: Any) -> None:
    if request is not None and user is not None:
        setattr(request, LEFT, True)


def _was(request: HttpRequest) -> str:
    return _key(request.session.get(WAS)) if request.user.is_authenticated else ""


def _key(pk: int | None) -> str:
    return salted_hmac("offline", str(pk)).hexdigest()[:KEY_CHARS] if pk else ""


def _zone() -> str:
    return str(timezone.get_current_timezone()) if zones.is_known() else ""
