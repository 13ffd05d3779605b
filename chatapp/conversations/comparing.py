"""What is needed to answer one message twice, with memory and without, read in one hop.

A comparison writes no row but the person's use: each of its answers counts as a turn
and its tokens are charged. Nothing is learnt from it and nothing is fed back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.characters.personas import persona_for
from chatapp.conversations import context
from chatapp.conversations.models import Generation, Message, Role
from chatapp.conversations.staging import StageAsked
from chatapp.memories.ledger import CarriedAsked, SiteLedger, role_id
from chatapp.memories.models import TurnCall
from memory import completion
from memory.prompt import without_memory
from memory.tokens import tokens_in
from memory.turn import Turn

NOT_FOUND = _("This reply is not here any more.")
NOT_KEPT = _(
    "What the model was sent for this reply is not on record any more, so it can not be"
    " asked the same again."
)
NO_MEMORY = _(
    "There was no memory in this reply's prompt, so there is nothing to leave out."
)
NO_TEXT = _("Write a question first.")


class NothingToCompare(Exception):
    """It can not be compared; the text says why, for the person."""


@dataclass(frozen=True)
class Question:
    """A message to be answered twice at once; `leases` are one for each answer."""

    turn: Turn
    ledger: SiteLedger
    leases: tuple[UUID, UUID]


@dataclass(frozen=True)
class Again:
    """A reply to be written again without memory, from the prompt as it was sent.

    The times are milliseconds; `model` wrote the reply.
    """

    text: str
    so_far: str
    model: str
    prompt_tokens: int | None
    completion_tokens: int | None
    recall_ms: float | None
    first_ms: float | None
    total_ms: float | None
    notes: Sequence[tuple[str, bool]]
    messages: tuple[completion.Message, ...]
    seed: int | None
    lease: UUID


def question(user: User, conversation_id: UUID, text: str) -> Question:
    """A new question to whom this conversation is with, as if nothing was said before.

    What was said just now would explain an answer as well as memory does. Raises
    NothingToCompare and CapReached.
    """
    text = text.strip()
    if not text or len(text) > settings.MESSAGE_MAX_CHARS:
        raise NothingToCompare(NO_TEXT)
    conversation = context.find(conversation_id, user.pk)
    if conversation is None:
        raise NothingToCompare(NOT_FOUND)
    anchor = context.anchor_of(conversation)
    persona = persona_for(conversation)
    message = Message(
        role=Role.USER, text=text, created_at=timezone.now(), persona=persona
    )
    staged = StageAsked(conversation, above=0).staged(message, ())
    turn = context.turn_of(user, conversation, message, (), anchor, staged)
    role = role_id(turn)
    carried = CarriedAsked(anchor.pk, role=role).all()
    leases = (uuid4(), uuid4())
    with transaction.atomic():
        for lease in leases:
            caps.admit(user, lease, reserve=caps.turn_tokens(text))
            caps.reserve_more(lease, turn.instructions, turn.scene.tail)
    return Question(turn, SiteLedger(anchor.pk, carried, role=role), leases)


def again(user: User, generation_id: UUID) -> Again:
    """This person's own reply. Raises NothingToCompare and CapReached."""
    generation = (
        Generation.objects.select_related("message", "record")
        .filter(pk=generation_id, record__anchor__user=user, ended_at__isnull=False)
        .first()
    )
    if generation is None:
        raise NothingToCompare(NOT_FOUND)
    sent = _sent(generation)
    messages = tuple(
        completion.Message(m["role"], m["content"]) for m in sent["messages"]
    )
    bare = without_memory(messages)
    if bare == messages:
        raise NothingToCompare(NO_MEMORY)
    lease = uuid4()
    with transaction.atomic():
        sent_tokens = sum(tokens_in(message.content) for message in bare)
        caps.admit(user, lease, reserve=sent_tokens + caps.REPLY_TOKENS)
    record = generation.record
    recall = record.steps.filter(name="recall").first()
    began, first, ended = (
        generation.created_at,
        generation.first_token_at,
        generation.ended_at,
    )
    return Again(
        text=generation.message.text[generation.span()],
        so_far=generation.message.text[: generation.base],
        model=generation.model,
        prompt_tokens=generation.prompt_tokens,
        completion_tokens=generation.completion_tokens,
        recall_ms=recall.ms if recall else None,
        first_ms=(first - began).total_seconds() * 1000 if first else None,
        total_ms=(ended - began).total_seconds() * 1000 if ended else None,
        notes=list(record.atoms.filter(injected=True).values_list("content", "used")),
        messages=bare,
        seed=sent.get("seed"),
        lease=lease,
    )


def _sent(generation: Generation) -> dict[str, Any]:
    """The body that the model was sent."""
    call = generation.record.calls.filter(
        half=TurnCall.Half.ANSWER, service="model"
    ).last()
    if call is None or len(call.request.encode()) < call.request_size:
        raise NothingToCompare(NOT_KEPT)
    sent: dict[str, Any] = json.loads(call.request)
    return sent
