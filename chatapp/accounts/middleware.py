"""Small duties on every page: its times in the person's zone, remember the visit, keep
guests off account pages.

Synchronous only, like the rest of the chain (see `MIDDLEWARE` in the settings).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from chatapp.accounts import zones
from chatapp.accounts.claim import is_guest
from chatapp.accounts.models import User

OFTEN_ENOUGH = timedelta(hours=1)
# A password or an e-mail without a name would make half an account of a guest.
NOT_FOR_GUESTS = {"account_email", "account_set_password", "account_change_password"}

Handler = Callable[[HttpRequest], HttpResponse]


class ZoneMiddleware:
    """Shows times in the person's zone, and keeps the one that their browser names."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zones.AskedZone(lambda: _zone(request))):
            return self.get_response(request)


class LastSeenMiddleware:
    """Notes at most once an hour that a person was here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A request that never looked at its session (health check, API) costs nothing.
        if request.session.accessed and request.user.is_authenticated:
            _note_visit(request, request.user)
        return response


class GuestPagesMiddleware:
    """Sends a guest who opens an account's settings to the page that makes one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name not in NOT_FOR_GUESTS:
            return None
        if is_guest(request.user):
            return redirect("accounts:claim")
        return None


def _note_visit(request: HttpRequest, user: User) -> None:
    now = timezone.now()
    if user.last_seen_at and now - user.last_seen_at < OFTEN_ENOUGH:
        return
    stale = Q(last_seen_at=None) | Q(last_seen_at__lte=now - OFTEN_ENOUGH)
    User.objects.filter(stale, pk=user.pk).update(last_seen_at=now)
    if user.is_guest:
        request.session.modified = True  # the session lasts from the last visit on


def _zone(request: HttpRequest) -> tzinfo:
    """What the person chose or was found before; else what this browser says."""
    says = zones.named(request.COOKIES.get(zones.COOKIE, ""))
    user = request.user
    if user.is_authenticated:
        if not user.zone and says:
            User.objects.filter(pk=user.pk, zone="").update(zone=says.key)
            user.zone = says.key
        return zones.zone_of(user)
    return says or zones.UNKNOWN
