"""What a turn needs to know, read from the rows: its path, its anchor, its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from chatapp.accounts.models import User
from chatapp.accounts.zones import zone_of
from chatapp.characters.models import Character, Persona
from chatapp.characters.stage import Staged
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import Conversation, Message, Role
from chatapp.memories.anchors import AnchorAsked
from chatapp.memories.models import Anchor
from chatapp.pipeline import Asked
from chatapp.rows import Columns
from memory import completion
from memory.prompt import Budget
from memory.proposal import Role as Played
from memory.turn import Turn

HISTORY_MESSAGES = 60
"""Newest messages that are read for the prompt; it keeps those that fit its budget."""
PATH_END = 2**31 - 1
"""Behind every position, as PostgreSQL's integers go."""

CONVERSATION = Columns(Conversation, "conversation")
# A card may have two megabytes, and most who ask for a conversation need none of it.
CHARACTER = Columns(Character, "character", without=("card", "envelope"))
FOUND = f"""
    SELECT {CONVERSATION.sql}, {CHARACTER.sql}
    FROM conversations_conversation AS conversation
    JOIN characters_character AS character ON character.id = conversation.character_id
    WHERE conversation.id = %(conversation)s
      AND coalesce(%(user)s::int, conversation.user_id) = conversation.user_id
"""
# OFFSET 0 has each message looked up by itself: a small table would be read whole.
SAID = """
    SELECT message.role, message.text, entry.message_id, entry.position FROM (
        SELECT message_id, position FROM conversations_pathentry
        WHERE conversation_id = %s AND position < %s ORDER BY position DESC LIMIT %s
    ) AS entry
    CROSS JOIN LATERAL (
        SELECT role, text FROM conversations_message
        WHERE id = entry.message_id OFFSET 0
    ) AS message
    ORDER BY entry.position DESC
"""


class Said(NamedTuple):
    """Of a message on the path, what a prompt needs."""

    role: str
    text: str
    message_id: UUID
    position: int


class SaidAsked:
    """The question for what was said, on its way; no models are made for it."""

    def __init__(self, conversation: Conversation, above: int = PATH_END) -> None:
        """Ask for the path's messages `above` that position."""
        self._found = Asked(SAID, [conversation.pk, above, HISTORY_MESSAGES])

    def all(self) -> list[Said]:
        """The newest of them, oldest first."""
        return [Said(*row) for row in reversed(self._found.all())]


def find(conversation_id: UUID, user_id: int | None = None) -> Conversation | None:
    """A conversation with its character; only if it is that person's, when given."""
    row = Asked(FOUND, {"conversation": conversation_id, "user": user_id}).one()
    if row is None:
        return None
    conversation = CONVERSATION.made(row)
    conversation.character = CHARACTER.made(row[CONVERSATION.width :])
    return conversation


def anchor_of(conversation: Conversation) -> Anchor:
    """The memory scope of this conversation."""
    return ask_anchor(conversation).one()


def ask_anchor(conversation: Conversation) -> AnchorAsked:
    """The question for it, on its way."""
    lane = lane_of(conversation.lane)
    key = lane.anchor_key(conversation.character)
    return AnchorAsked(conversation.user_id, lane.name, key)


def turn_of(
    user: User,
    conversation: Conversation,
    message: Message,
    earlier: Sequence[Said],
    anchor: Anchor,
    staged: Staged | None = None,
) -> Turn:
    """The turn that answers `message`, in the pattern's own terms.

    Without `staged` it has the lane's instructions alone.
    """
    lane = lane_of(conversation.lane)
    staged = staged or Staged(lane.instructions(conversation))
    return Turn(
        anchor_id=anchor.maas_id or None,
        user_external_id=lane.external_id(user),
        conversation_id=str(conversation.pk),
        instructions=staged.instructions,
        text=message.text,
        # On the person's clock: it says what "today" is in what they wrote.
        at=message.created_at.astimezone(zone_of(user)),
        speaker=conversation.character.name,
        taxonomy=lane.taxonomy,
        history=[
            completion.Message("user" if m.role == Role.USER else "assistant", m.text)
            for m in earlier
            if m.text
        ],
        role=role_of(message.persona),
        deadline=settings.RECALL_DEADLINE_MS / 1000,
        max_atoms=settings.MEMORY_ATOMS,
        max_tokens=settings.MEMORY_TOKENS,
        admit_foreign=settings.ADMIT_FOREIGN_ATOMS,
        scene=staged.scene,
        budget=budget(),
        unread=earlier[0].position if earlier else 0,
    )


def ids(earlier: Sequence[Said]) -> list[UUID]:
    """The messages that a turn's history is made of."""
    return [said.message_id for said in earlier if said.text]


def budget() -> Budget:
    """How many tokens each part of a prompt may take, as the operator has set it."""
    return Budget(
        card=settings.CARD_TOKENS,
        lore=settings.LORE_TOKENS,
        summary=settings.SUMMARY_TOKENS,
        history=settings.HISTORY_TOKENS,
    )


def at_the_moment(turn: Turn, conversation: Conversation, message: Message) -> Turn:
    """The same turn with what its lane adds to it now; only a reply needs that."""
    moment = lane_of(conversation.lane).moment(conversation, message)
    parts = (turn.instructions.strip(), moment.instructions.strip())
    return replace(
        turn,
        instructions="\n\n".join(part for part in parts if part),
        query=moment.query,
        vet=moment.vet,
    )


def role_of(persona: Persona | None) -> Played | None:
    """The role that somebody who speaks as this persona plays; None for no role.

    Also of one that was deleted since: what was said in a role stays the role's.
    """
    if persona is None or not persona.is_role:
        return None
    return Played(str(persona.pk), persona.name)
