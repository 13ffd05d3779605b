"""What an unfinished character would put into a prompt, and how many tokens of it.

The editor asks whenever somebody stops typing. Nothing is stored: the prompt is built
by the very code that builds a turn's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import editor_form
from chatapp.characters.authored import EMPTY
from chatapp.characters.changes import labels
from chatapp.characters.definition import definition, text
from chatapp.characters.macros import expand
from chatapp.characters.models import Character
from chatapp.characters.personas import personas_of
from chatapp.characters.stage import Stage, cast_of
from chatapp.characters.visible import own
from chatapp.conversations.context import budget
from chatapp.conversations.staging import part_of
from memory.completion import Message
from memory.prompt import Prompt, build, tokens_in

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
    before: dict[str, object] = dict(EMPTY)
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


def _prompt(request: PersonRequest, card: dict[str, object]) -> Prompt:
    character = Character(slug="preview", owner=request.user, card=card)
    character.name = text(card, "name") or _("Somebody")
    persona = personas_of(request.user).filter(is_default=True).first()
    said = definition(character)
    staged = Stage(said, part_of(persona)).bare()
    greeting = expand(said.first_mes, cast_of(said, part_of(persona)))
    return build(
        instructions=staged.instructions,
        history=[Message("assistant", greeting)] if greeting else [],
        text=_("(what you write)"),
        atoms=(),
        scene=staged.scene,
        budget=budget(),
    )
