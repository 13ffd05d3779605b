"""What an unfinished character would put into a prompt, and how many tokens of it.

The editor asks whenever somebody stops typing. Nothing is stored: the prompt is built
by the very code that builds a turn's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import editor_form
from chatapp.characters.authored import EMPTY
from chatapp.characters.changes import labels
from chatapp.characters.definition import of_card, text
from chatapp.characters.lore.book import read_book
from chatapp.characters.lore.firing import Situation, Spoken
from chatapp.characters.models import Lorebook
from chatapp.characters.personas import personas_of
from chatapp.characters.stage import Stage, greetings
from chatapp.characters.visible import own
from chatapp.conversations.context import budget
from chatapp.conversations.staging import part_of
from memory.completion import Message
from memory.prompt import Prompt, build
from memory.tokens import tokens_in

WEIGHED = (
    *("description", "personality", "scenario", "first_mes", "mes_example"),
    *("system_prompt", "post_history_instructions"),
)
LONG = 2_000
"""Tokens of one text from which on it crowds the conversation out."""


@dataclass(frozen=True)
class Weight:
    """A part of the card and its size in tokens."""

    label: str
    tokens: int


@require_POST
@person_required
def preview(request: PersonRequest) -> HttpResponse:
    """Counts by part, and the prompt of a first message, as they would be now."""
    before: Mapping[str, Any] = EMPTY
    if slug := request.POST.get("slug", ""):
        before = get_object_or_404(own(request.user), slug=slug).card
    card = editor_form.written(request.POST, before)
    named = labels()
    weights = [Weight(named[name], tokens_in(text(card, name))) for name in WEIGHED]
    prompt = _prompt(request, card)
    page = {
        "weights": [weight for weight in weights if weight.tokens],
        "most": max((weight.tokens for weight in weights), default=0) or 1,
        "always": sum(weight.tokens for weight in weights[:3]),
        "prompt": prompt,
        "long": LONG,
    }
    return render(request, "characters/_weights.html", page)


def _prompt(request: PersonRequest, card: Mapping[str, Any]) -> Prompt:
    """The prompt of a first message to this character, spoken as the default persona."""
    persona = personas_of(request.user).filter(is_default=True).first()
    role = part_of(persona)
    told = of_card(card, name=_("Somebody"))
    books = Lorebook.objects.filter(owner=request.user, is_on=True)
    stage = Stage(
        told, role, [read_book(b.data, is_own=False, name=b.name) for b in books]
    )
    first = greetings(told, role)[:1]
    asked = _("(what you write)")
    said = [Spoken(asked), *(Spoken(words, is_reply=True) for words in first)]
    staged = stage.staged(
        Situation(said=said, replies=len(first)), budget=settings.LORE_TOKENS
    )
    return build(
        instructions=staged.instructions,
        history=[Message("assistant", words) for words in first],
        text=asked,
        atoms=(),
        scene=staged.scene,
        budget=budget(),
    )
