"""What a prompt holds besides what was said: read in the transaction of its turn.

A character with its books is parsed once for each version of their rows, and kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q

from chatapp.characters.definition import definition
from chatapp.characters.lore.book import read_book
from chatapp.characters.lore.firing import Situation, Spoken
from chatapp.characters.models import Character, Lorebook, Persona
from chatapp.characters.personas import persona_for
from chatapp.characters.stage import Role as Part
from chatapp.characters.stage import Stage, Staged, greetings
from chatapp.conversations.context import PATH_END, Said
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import Conversation, Message, Role
from chatapp.pipeline import Asked
from memory.scene import Summary

KEPT = 48
"""Stages that a process keeps; one with the largest book takes some ten megabytes."""
# A row's own version, whoever changed it and however: PostgreSQL keeps it anyway.
VERSIONS = """
    SELECT character.xmin::text || character.ctid::text,
           (SELECT string_agg(book.id || book.xmin::text || book.ctid::text, ' '
                              ORDER BY book.id)
            FROM characters_lorebook AS book
            WHERE book.owner_id = %(user)s AND book.is_on),
           summary.text, summary.covers
    FROM characters_character AS character
    LEFT JOIN LATERAL (
        SELECT told.text, told.covers FROM conversations_summary AS told
        JOIN conversations_pathentry AS entry
          ON entry.conversation_id = told.conversation_id
         AND entry.message_id = told.last_id
        WHERE told.conversation_id = %(conversation)s AND entry.position < %(above)s
        ORDER BY entry.position DESC LIMIT 1
    ) AS summary ON true
    WHERE character.id = %(character)s
"""


class StageAsked:
    """The question for a conversation's stage, on its way.

    `above` is the position from which on nothing of the path counts.
    """

    def __init__(self, conversation: Conversation, above: int = PATH_END) -> None:
        self._conversation = conversation
        self._found: Asked | None = None
        if lane_of(conversation.lane).has_card:
            values = {
                "user": conversation.user_id,
                "conversation": conversation.pk,
                "character": conversation.character_id,
                "above": above,
            }
            self._found = Asked(VERSIONS, values)

    def staged(self, message: Message, earlier: Sequence[Said]) -> Staged | None:
        """What goes into the prompt that answers this; None leaves it to the lane."""
        stage, summary = self._answer(message.persona)
        if stage is None:
            return None
        said = [Spoken(message.text), *(_spoken(said) for said in reversed(earlier))]
        unread = earlier[0].position if earlier else 0
        situation = Situation(
            said=said,
            # The two take turns, and the character began.
            replies=sum(spoken.is_reply for spoken in said) + (unread + 1) // 2,
            greeting=_greeting(self._conversation) if stage.asks_greeting else None,
        )
        return stage.staged(
            situation,
            budget=settings.LORE_TOKENS,
            summary=summary,
            # Whoever asks again what was in this prompt reads the same.
            seed=str(message.pk),
        )

    def bare(self, message: Message) -> Staged | None:
        """The same without lore and summary."""
        stage, _ = self._answer(message.persona)
        return None if stage is None else stage.bare(str(message.pk))

    def _answer(self, persona: Persona | None) -> tuple[Stage | None, Summary | None]:
        row = self._found.one() if self._found else None
        if row is None:
            return None, None
        card, books, text, covers = row
        role = part_of(persona)
        stage = STAGES.get(
            (self._conversation.character_id, card, self._conversation.user_id, books)
            + (role,),
            lambda: _made(self._conversation, role),
        )
        return stage, Summary(text, covers) if text else None


def part_of(persona: Persona | None) -> Part:
    """Who the person is when they speak as this persona."""
    return Part(persona.name, persona.description) if persona else Part()


def greetings_of(conversation: Conversation) -> list[str]:
    """How this conversation may begin, the character's first message first."""
    lane = lane_of(conversation.lane)
    if lane.has_card:
        part = part_of(persona_for(conversation))
        seed = str(conversation.pk)  # greeting anew says the same
        return greetings(definition(conversation.character), part, seed)
    words = lane.greeting(conversation).strip()
    return [words] if words else []


def _made(conversation: Conversation, role: Part) -> Stage:
    character = Character.objects.get(pk=conversation.character_id)
    books = Lorebook.objects.filter(owner=conversation.user_id, is_on=True)
    return Stage(
        definition(character),
        role,
        [read_book(b.data, is_own=False, name=b.name) for b in books],
    )


def _spoken(said: Said) -> Spoken:
    return Spoken(said.text, is_reply=said.role == Role.ASSISTANT)


def _greeting(conversation: Conversation) -> int | None:
    """Which of its greetings the conversation began with; None without any."""
    first = Message.objects.filter(
        pathentry__conversation=conversation, pathentry__position=0
    ).first()
    if first is None or first.role != Role.ASSISTANT:
        return None
    before = Q(created_at__lt=first.created_at)
    return Message.objects.filter(
        before, conversation=first.conversation_id, parent=None
    ).count()


class _Stages:
    """The stages that were asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stages: OrderedDict[tuple[Any, ...], Stage] = OrderedDict()

    def get(self, key: tuple[Any, ...], make: Callable[[], Stage]) -> Stage:
        with self._lock:
            found = self._stages.get(key)
            if found is not None:
                self._stages.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._stages[key] = made
            while len(self._stages) > KEPT:
                self._stages.popitem(last=False)
        return made


STAGES = _Stages()
"""The stages of this process."""
