"""The summary of a conversation: what the model reads of its older messages.

Shown as it stands in prompts, with what it covers; the person may write it themselves,
or have it made anew. It is about this conversation alone.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chatapp import wiring
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import summarising, tasks
from chatapp.conversations.forms import SummaryForm
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import Conversation, Summary
from chatapp.conversations.views import own_conversation


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def summary(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Read it, or write it oneself."""
    conversation = _summarised(request, pk)
    held = summarising.holding(conversation)
    if request.method != "POST":
        form = SummaryForm(initial={"text": held.text, "at": held.pk} if held else None)
        return _page(request, conversation, held, form)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _page(request, conversation, held, form, status=422)
    if held is None or form.cleaned_data["at"] != held.pk:
        return _changed(request, conversation, held)
    if not summarising.rewrite(held, form.cleaned_data["text"]):
        return _changed(request, conversation, summarising.holding(conversation))
    messages.success(request, _("Saved. The next reply reads your words."))
    return redirect("conversations:summary", pk)


@require_POST
@person_required
def anew(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget it, and have it made again from the messages as they are now."""
    conversation = _summarised(request, pk)
    summarising.drop(conversation)
    tasks.defer_summary(conversation.pk)
    messages.success(
        request, _("It is being made again from the messages as they are now.")
    )
    return redirect("conversations:summary", pk)


def _summarised(request: PersonRequest, pk: uuid.UUID) -> Conversation:
    conversation = own_conversation(request.user, pk)
    if not lane_of(conversation.lane).has_card:
        raise Http404
    return conversation


def _changed(
    request: PersonRequest, conversation: Conversation, held: Summary | None
) -> HttpResponse:
    """It went on meanwhile: the person's words stay in the box, for the newer one."""
    newer = request.POST.copy()
    newer["at"] = str(held.pk) if held else ""
    form = SummaryForm(newer)
    return _page(request, conversation, held, form, status=409)


def _page(
    request: PersonRequest,
    conversation: Conversation,
    held: Summary | None,
    form: SummaryForm,
    *,
    status: int = 200,
) -> HttpResponse:
    page = {
        "conversation": {
            "id": conversation.pk,
            "url": conversation.get_absolute_url(),
            "name": conversation.character.name,
        },
        "held": held,
        "form": form,
        "is_changed": status == 409,
        "is_on": settings.SUMMARY_TOKENS > 0,
        "is_scripted": settings.SCRIPTED_MODEL,
        "model": wiring.chat_model_name(),
        "out_of_sight": summarising.out_of_sight(conversation),
        "lag": summarising.LAG,
    }
    return render(request, "conversations/summary.html", page, status=status)
