"""The practice card's addresses: what the learner presses, answered with the card.

Answers and requests are messages of the conversation: they go through the same door as
everything that is typed, with its key and its caps. A card that is out of date changes
nothing, and the page gets the one that stands.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.caps import CapReached
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import turns, views
from chatapp.conversations.models import Conversation
from tutor.content.grading import grade
from tutor.lessons import practising, reading, recap
from tutor.lessons.card import card_values, version
from tutor.lessons.forms import MoveForm
from tutor.models.lesson import Mode, MoveKind


@require_GET
@never_cache
@person_required
def card(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The card as it stands; nothing when the page has that one."""
    conversation = own_lesson(request, pk)
    if request.GET.get("version") == version(conversation):
        return HttpResponse(status=204)
    return shown(request, conversation)


@require_POST
@person_required
def begin(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """How a new learner begins: with a few questions, or at the first concept."""
    conversation = own_lesson(request, pk)
    diagnoses = request.POST.get("how") == Mode.DIAGNOSTIC
    practising.begin(conversation, Mode.DIAGNOSTIC if diagnoses else Mode.PRACTICE)
    return shown(request, conversation)


@require_POST
@person_required
def go_on(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The next question."""
    conversation = own_lesson(request, pk)
    practising.go_on(conversation)
    return shown(request, conversation)


@require_POST
@person_required
def hint(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The next step of the ladder."""
    conversation = own_lesson(request, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        practising.hint(
            conversation, form.cleaned_data["question"], form.cleaned_data["key"]
        )
    return shown(request, conversation)


@require_POST
@person_required
def set_aside(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Go on without an answer."""
    conversation = own_lesson(request, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        practising.set_aside(conversation, form.cleaned_data["question"])
    return shown(request, conversation)


@require_POST
@person_required
def end(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """End the lesson with its recap."""
    conversation = own_lesson(request, pk)
    recap.end(conversation)
    return shown(request, conversation)


@require_POST
@person_required
@views.while_serving
def answer(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """An answer, graded here; what can not be read as one changes nothing."""
    conversation = own_lesson(request, pk)
    text = _given(request)
    question = reading.open_question(reading.lesson_of(conversation))
    item = reading.item_of(question) if question else None
    if item is not None:
        verdict = grade(item, text)
        if not verdict.readable:
            return views.notice(request, verdict.why, status=422)
    return _say(request, conversation, text)


@require_POST
@person_required
@views.while_serving
def say(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """ "I don't know", or a request for the answer: said in the conversation."""
    conversation = own_lesson(request, pk)
    stuck = request.POST.get("kind") == MoveKind.STUCK
    text = _("I don't know.") if stuck else _("Show me the answer.")
    return _say(request, conversation, text)


def own_lesson(request: PersonRequest, pk: uuid.UUID) -> Conversation:
    """This person's lesson, or 404."""
    conversation = views.own_conversation(request.user, pk)
    if conversation.lane != "tutor":
        raise Http404
    return conversation


def shown(
    request: PersonRequest, conversation: Conversation, *, status: int = 200
) -> HttpResponse:
    """The card as a fragment."""
    page: dict[str, Any] = {"beside": card_values(conversation), "is_answer": True}
    return render(request, "tutor/lesson/_practice.html", page, status=status)


def _given(request: PersonRequest) -> str:
    """What was typed or picked; an order comes as one place for each line."""
    lines = request.POST.getlist("line")
    if not lines:
        return request.POST.get("text", "").strip().replace("\x00", "")
    places = request.POST.getlist("place")
    ranked = sorted(zip(places, lines, strict=False), key=lambda pair: pair[0])
    if len(set(places)) != len(lines):
        return ""
    return "\n".join(line for _place, line in ranked)


def _say(request: PersonRequest, conversation: Conversation, text: str) -> HttpResponse:
    form = MoveForm(request.POST)
    question = reading.open_question(reading.lesson_of(conversation))
    if not form.is_valid() or not text:
        return views.notice(request, _("There is no answer yet."), status=422)
    if question is None or question.pk != form.cleaned_data["question"]:
        return shown(request, conversation)  # another tab was quicker
    try:
        begun = turns.begin(request.user, conversation, text, form.cleaned_data["key"])
    except Conversation.DoesNotExist as exc:
        raise Http404 from exc
    except turns.ReplyRunning:
        return views.notice(request, views.BUSY, status=409)
    except turns.KeyUsed:
        return shown(request, conversation)
    except CapReached as exc:
        return views.refused(request, exc)
    if begun.fresh:
        views.start_reply(begun)
    return shown(request, conversation)
