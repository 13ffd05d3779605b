"""What opens at a reply: the memories that it used, and those that it brought.

Each is shown in place, with what can be done about it. Ownership is the first line:
another's turn does not exist.
"""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import async_to_sync
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp import wiring
from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import hub
from chatapp.conversations.models import Generation
from chatapp.memories import receipts, wrong
from chatapp.memories.lines import memory_lines
from chatapp.memories.models import TurnAtom


@require_GET
@never_cache
@person_required
def chip(request: PersonRequest, pk: int) -> HttpResponse:
    """One memory that a reply named or used."""
    return _card(request, own_row(request.user, pk))


@require_GET
@never_cache
@person_required
def used(request: PersonRequest, pk: UUID) -> HttpResponse:
    """All of them, in the order of their numbers."""
    line = memory_lines([own_turn(request.user, pk).pk]).get(pk)
    ids = [chip.id for chip in line.chips if chip.used] if line else []
    rows = TurnAtom.objects.select_related("record", "atom").in_bulk(ids)
    numbers = {chip.id: chip.number for chip in line.chips} if line else {}
    cards = [receipts.card(rows[row], numbers[row]) for row in ids if row in rows]
    return render(request, "memories/_cards.html", {"cards": cards})


@require_POST
@person_required
def say_wrong(request: PersonRequest, pk: int) -> HttpResponse:
    """Tell the memory service, once, that it was wrong here."""
    row = own_row(request.user, pk)
    try:
        async_to_sync(_tell)(row)
    except wrong.NotNow as exc:
        return _card(request, row, problem=str(exc), status=409)
    row.refresh_from_db(fields=["wrong"])
    hub.poke(row.record.generation.conversation_id)
    return _card(request, row)


@require_GET
@never_cache
@person_required
def receipt(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What was learnt from this turn, and whether that can be undone."""
    return _receipt(request, own_turn(request.user, pk))


@require_POST
@person_required
def undo_receipt(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Forget all that this turn brought; each can be brought back for a while."""
    turn = own_turn(request.user, pk)
    receipts.undo(turn.pk)
    hub.poke(turn.conversation_id)
    return _receipt(request, turn)


def own_row(user: User, pk: int) -> TurnAtom:
    """An atom of this person's own turn, or 404."""
    rows = TurnAtom.objects.select_related("record__generation", "atom")
    return get_object_or_404(
        rows.filter(Q(used=True) | Q(cited=True)), pk=pk, record__anchor__user=user
    )


def own_turn(user: User, pk: UUID) -> Generation:
    """This person's own turn, or 404."""
    return get_object_or_404(Generation, pk=pk, record__anchor__user=user)


async def _tell(row: TurnAtom) -> None:
    await wrong.say_wrong(row, memory=wiring.memory_client())


def _card(
    request: PersonRequest, row: TurnAtom, *, problem: str = "", status: int = 200
) -> HttpResponse:
    number = _number(row)
    page = {"card": receipts.card(row, number), "problem": problem}
    return render(request, "memories/_card.html", page, status=status)


def _number(row: TurnAtom) -> int:
    """The number that the page shows of it: those of the whole message."""
    newest = Generation.objects.filter(message=row.record.generation.message_id)
    lines = memory_lines(list(newest.values_list("pk", flat=True)))
    for line in lines.values():
        for each in line.chips:
            if each.id == row.pk:
                return each.number
    return 1


def _receipt(request: PersonRequest, turn: Generation) -> HttpResponse:
    page = {"turn": turn.pk, "receipt": receipts.receipt(turn.pk)}
    return render(request, "memories/_turn_receipt.html", page)
