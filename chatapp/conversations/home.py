"""The front page: what this is, whom one can talk to, and where one left off."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chatapp.accounts.request import SiteRequest
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.threads import listed

RECENT = 6


@require_GET
@never_cache
def home(request: SiteRequest) -> HttpResponse:
    """For everybody: characters and courses; for people who are signed in, more."""
    user = request.user
    recent = listed(user, most=RECENT) if user.is_authenticated else []
    page = {
        "characters": lane_of("character").cards(user),
        "courses": lane_of("tutor").cards(user),
        "conversations": recent,
    }
    return render(request, "home.html", page)
