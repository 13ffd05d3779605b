"""What can be done with one message: edit, regenerate, choose, branch, delete, undo.

Answers are the transcript as it stands then, read after the change; the other tabs are
told by their sockets. Ownership first: a message that has no place in this person's
conversation does not exist.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.caps import CapReached
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import (
    branching,
    choosing,
    deleting,
    revising,
    turns,
    views,
)
from chatapp.conversations.forms import (
    GapForm,
    RegenerateForm,
    SelectForm,
    SendForm,
)
from chatapp.conversations.models import RUNNING, Conversation, Deletion, Message
from chatapp.conversations.window import above, below, place_of, window

STOPPED_S = 2.0
"""How long a deletion waits for the reply below it to end by itself, with its text."""
LOOK_S = 0.02
BUSY = _("A reply is still being written. Wait for it or press Stop, then try again.")
GREETING = _("This is how the conversation begins. There is nothing to answer yet.")
OVER = _("It is too late to bring this message back.")


@require_GET
@never_cache
@person_required
def transcript(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The articles of the path, as on the page; also those around `at`."""
    conversation = views.own_conversation(request.user, pk)
    at = request.GET.get("at")
    around = place_of(conversation, at) if at else None
    return shown_path(request, conversation, around)


@require_GET
@never_cache
@person_required
def fill(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """What fills a gap: from `before` upwards, or with `down` from `after` downwards.

    409 when the path has changed: the page is about to hear of that.
    """
    conversation = views.own_conversation(request.user, pk)
    form = GapForm(request.GET)
    if not form.is_valid():
        raise Http404
    before, after = form.cleaned_data["before"], form.cleaned_data["after"]
    left = None
    try:
        if after and form.cleaned_data["down"]:
            stretch, left = below(conversation, before, after)
        else:
            stretch = above(conversation, before, after)
    except Message.DoesNotExist:
        return HttpResponse(status=409)
    page = {"stretches": [stretch], "left": left}
    return render(request, "conversations/_fill.html", page)


@require_POST
@person_required
@views.while_serving
def edit(request: PersonRequest, pk: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Say it in other words, and have that answered; the answer is as in `send`."""
    conversation = views.own_conversation(request.user, pk)
    form = SendForm(request.POST)
    if not form.is_valid():
        return views.notice(request, form.problem(), status=422)
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    try:
        with _missing_is_404():
            begun = revising.edit(request.user, conversation, message, text, key)
    except turns.ReplyRunning:
        return views.notice(request, views.BUSY, status=409)
    except turns.KeyUsed:
        return views.notice(request, views.CHANGED, status=409)
    except CapReached as exc:
        return views.refused(request, exc)
    if begun.fresh:
        views.start_reply(begun)
    asked = [begun.user_message] if begun.user_message else []
    return views.articles(request, conversation, [*asked, begun.reply_message])


@require_POST
@person_required
@views.while_serving
def regenerate(
    request: PersonRequest, pk: uuid.UUID, message: uuid.UUID
) -> HttpResponse:
    """Answer anew what this reply answers; it stays, and its memory rests."""
    conversation = views.own_conversation(request.user, pk)
    form = RegenerateForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else None
    try:
        with _missing_is_404():
            begun = revising.regenerate(request.user, conversation, message, key)
    except revising.Answered:
        return shown_path(request, views.own_conversation(request.user, pk))
    except turns.ReplyRunning:
        return views.notice(request, BUSY, status=409)
    except revising.NothingToAnswer:
        return views.notice(request, GREETING, status=409)
    except CapReached as exc:
        return views.refused(request, exc)
    views.start_reply(begun)
    return shown_path(request, views.own_conversation(request.user, pk))


@require_POST
@person_required
def select(request: PersonRequest, pk: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Show another version of this message, with what stood below it last."""
    conversation = views.own_conversation(request.user, pk)
    form = SelectForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        with _missing_is_404():
            sibling = form.cleaned_data["sibling"]
            choosing.select(request.user, conversation, message, sibling)
    except turns.ReplyRunning:
        return views.notice(request, BUSY, status=409)
    conversation = views.own_conversation(request.user, pk)
    return shown_path(request, conversation, place_of(conversation, sibling))


@require_POST
@person_required
def branch(request: PersonRequest, pk: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Open this message as a conversation of its own."""
    conversation = views.own_conversation(request.user, pk)
    try:
        with _missing_is_404():
            new = branching.branch(request.user, conversation, message)
    except turns.ReplyRunning:
        return views.notice(request, BUSY, status=409)
    address = new.get_absolute_url()
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@require_POST
@person_required
def delete(request: PersonRequest, pk: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Delete this message and what hangs below it; the answer offers the undo."""
    conversation = views.own_conversation(request.user, pk)
    around = place_of(conversation, message)
    with _missing_is_404():
        if deleting.is_above_a_reply(conversation, message):
            _stop(conversation)
        deleting.delete(request.user, conversation, message)
    return shown_path(request, views.own_conversation(request.user, pk), around)


@require_POST
@person_required
def undo(request: PersonRequest, pk: uuid.UUID, deletion: uuid.UUID) -> HttpResponse:
    """Bring back what was deleted."""
    conversation = views.own_conversation(request.user, pk)
    try:
        with _missing_is_404():
            back = deleting.undo(request.user, conversation, deletion)
    except deleting.TooLate:
        return views.notice(request, OVER, status=410)
    conversation = views.own_conversation(request.user, pk)
    around = place_of(conversation, back) if back else None
    return shown_path(request, conversation, around)


def shown_path(
    request: PersonRequest, conversation: Conversation, around: int | None = None
) -> HttpResponse:
    """The transcript and what can be undone, as fragments of the page."""
    page = {
        "conversation": {
            "id": conversation.pk,
            "path_version": conversation.path_version,
        },
        "stretches": window(conversation, around),
        "undos": deleting.undos(conversation),
    }
    return render(request, "conversations/_path.html", page)


def _stop(conversation: Conversation) -> None:
    """Stop the running reply and wait a moment, so that it keeps all of its text."""
    deadline = time.monotonic() + STOPPED_S
    running = conversation.generation_set.filter(status__in=RUNNING)
    views.stop_reply(conversation)
    while running.exists() and time.monotonic() < deadline:
        time.sleep(LOOK_S)


@contextmanager
def _missing_is_404() -> Iterator[None]:
    try:
        yield
    except (
        Conversation.DoesNotExist,
        Deletion.DoesNotExist,
        Message.DoesNotExist,
    ) as exc:
        raise Http404 from exc
