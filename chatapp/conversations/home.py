"""The front page: what this is, whom one can talk to, and where one left off."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chatapp.accounts.request import PersonRequest
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.shown import listed

RECENT = 6


@require_GET
@never_cache
def home(request: PersonRequest) -> HttpResponse:
    """For everybody: characters and courses; for people who are signed in, more."""
    known = request.user.is_authenticated
    page = {
        "characters": lane_of("character").cards(),
        "courses": lane_of("tutor").cards(),
        "conversations": listed(request.user)[:RECENT] if known else [],
    }
    return render(request, "home.html", page)
