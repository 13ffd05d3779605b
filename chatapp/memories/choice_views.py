"""What a person answers when they are asked about their memory."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.memories import asking, forgetting
from chatapp.memories.atom_views import in_place, own_atom
from chatapp.memories.models import Atom
from chatapp.memories.slips import slips


@require_POST
@person_required
def answer(request: PersonRequest, kind: str) -> HttpResponse:
    """Yes or no to remembering a kind of delicate fact; `forget` also what is kept."""
    allowed = request.POST.get("allowed") == "yes"
    waited = asking.waiting_for(request.user, kind)
    try:
        asking.answer(request.user, kind, allowed=allowed)
    except KeyError as exc:
        raise Http404 from exc
    forgotten = 0
    if request.POST.get("forget"):
        forgotten = asking.forget_kind(request.user, kind)
    page = {
        "label": asking.NAMES[kind],
        "allowed": allowed,
        "forgotten": forgotten,
        "slips": slips(Atom.objects.filter(pk__in=[a.pk for a in waited])),
    }
    return render(request, "memories/_answered.html", page)


@require_POST
@person_required
def again(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Yes or no to what was forgotten and then said anew."""
    mine = own_atom(request.user, pk)
    if request.POST.get("remember") == "yes":
        asking.remember_again(mine.pk)
    else:
        forgetting.forget(mine.pk)
    return in_place(request, mine)
