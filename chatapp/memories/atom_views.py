"""What a person does with one memory: correct, pin, forget, and take that back.

Each answers with the atom in place, as the panel, the Memory page and the chips at a
reply show it. Ownership is the first line: another's atom does not exist.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.memories import correcting, forgetting
from chatapp.memories.ledger import MOST_PINNED
from chatapp.memories.models import Atom, Removal
from chatapp.memories.slips import slip_of
from memory.extract import CONTENT_CHARS

GONE = _("This memory was removed meanwhile, so nothing was changed.")
TOO_LATE = _("The time for an undo is over.")
NO_TEXT = _("Write 1 to %(n)s characters; your words were not kept.")
TOO_MANY_PINS = _(
    "%(n)s memories are pinned here already, as many as go into every reply."
    " Unpin one first."
)


@require_GET
@never_cache
@person_required
def atom(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The atom in place."""
    return in_place(request, own_atom(request.user, pk))


@require_POST
@person_required
def correct(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Put `text` in the atom's place; the answer is the atom that counts now."""
    mine = own_atom(request.user, pk)
    try:
        new = correcting.correct(mine.pk, request.POST.get("text", ""))
    except correcting.NoText:
        return in_place(
            request, mine, problem=NO_TEXT % {"n": CONTENT_CHARS}, status=422
        )
    except correcting.NotHere:
        return in_place(request, mine, problem=GONE, status=409)
    return in_place(request, new, focus="correct")


@require_POST
@person_required
def pin(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Have it carried into every reply."""
    mine = own_atom(request.user, pk)
    try:
        correcting.pin(mine.pk)
    except correcting.TooManyPins:
        return in_place(
            request, mine, problem=TOO_MANY_PINS % {"n": MOST_PINNED}, status=409
        )
    except correcting.NotHere:
        return in_place(request, mine, problem=GONE, status=409)
    return in_place(request, mine, focus="pin")


@require_POST
@person_required
def unpin(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Have it recalled like any other."""
    mine = own_atom(request.user, pk)
    correcting.unpin(mine.pk)
    return in_place(request, mine, focus="pin")


@require_POST
@person_required
def forget(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Mask it at once and remove it soon; the answer is the receipt, with Undo."""
    mine = own_atom(request.user, pk)
    forgetting.forget(mine.pk)
    return in_place(request, mine, focus="undo")


@require_POST
@person_required
def undo(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take back that it was forgotten or corrected."""
    mine = own_atom(request.user, pk)
    try:
        if Removal.objects.filter(atom=mine).exists():
            forgetting.undo(mine.pk)
        else:
            mine = correcting.undo_correction(mine.pk)
    except forgetting.TooLate:
        return in_place(request, mine, problem=TOO_LATE, status=410)
    return in_place(request, mine, focus="forget")


def own_atom(user: User, pk: UUID) -> Atom:
    """This person's atom, or 404: another's does not exist for them."""
    return get_object_or_404(Atom, pk=pk, anchor__user=user)


def in_place(
    request: PersonRequest,
    mine: Atom,
    *,
    problem: str | Promise = "",
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    """The atom as it stands now; `focus` names the control that the keyboard is on."""
    mine.refresh_from_db()
    page = {"atom": slip_of(mine), "problem": problem, "focus": focus}
    return render(request, "memories/_atom.html", page, status=status)
