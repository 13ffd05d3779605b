"""The inspector: the record of a turn and its calls, for its person and for operators."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.memories.call_shown import call_shown
from chatapp.memories.inspector import turn_shown
from chatapp.memories.models import TurnCall, TurnRecord


@require_GET
@never_cache
@person_required
def turn(request: PersonRequest, pk: str) -> HttpResponse:
    """ "Why this reply": a sheet on the conversation's page, or a page of its own."""
    record = get_object_or_404(
        TurnRecord.objects.select_related("generation"),
        visible_to(request.user),
        generation_id=pk,
    )
    template = "memories/_turn.html" if request.htmx else "memories/turn.html"
    page = {"turn": turn_shown(record), "days": settings.INSPECTOR_DAYS}
    return render(request, template, page)


@require_GET
@never_cache
@person_required
def call(request: PersonRequest, pk: int) -> HttpResponse:
    """One call with its bodies, and as something to paste."""
    mine = get_object_or_404(TurnCall, visible_to(request.user, "record__"), pk=pk)
    site = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return render(request, "memories/_call.html", {"call": call_shown(mine, site)})


def visible_to(user: User, turn: str = "") -> Q:
    """Whose turns this person may look into: their own, and operators into all."""
    operator = user.is_staff and user.has_perm("memories.view_turnrecord")
    return Q() if operator else Q(**{f"{turn}anchor__user": user})
