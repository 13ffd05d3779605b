"""The record of one turn, for the person whose turn it was and for operators."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.memories.inspector import turn_shown
from chatapp.memories.models import TurnRecord


@require_GET
@never_cache
@person_required
def turn(request: PersonRequest, pk: str) -> HttpResponse:
    """ "Why this reply": a sheet on the conversation's page, or a page of its own."""
    user = request.user
    operator = user.is_staff and user.has_perm("memories.view_turnrecord")
    mine = Q() if operator else Q(anchor__user=user)
    record = get_object_or_404(
        TurnRecord.objects.select_related("generation"), mine, generation_id=pk
    )
    template = "memories/_turn.html" if request.htmx else "memories/turn.html"
    return render(request, template, {"turn": turn_shown(record)})
