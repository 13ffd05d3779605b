"""One message where it was said, for reading: also in a version that is not shown now.

Looking changes nothing. What a conversation shows is its person's choice, and memory
follows it: so a hit in another version opens here, and a button makes the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from chatapp.conversations import path
from chatapp.conversations.markdown import render
from chatapp.conversations.models import Conversation, Role
from chatapp.pipeline import Asked

AROUND = 12
"""Messages above, and below."""

ABOVE = """
    WITH RECURSIVE upward (id, height) AS (
        SELECT id, 0 FROM conversations_message WHERE id = %(message)s
        UNION ALL
        SELECT message.parent_id, upward.height + 1 FROM upward
        JOIN conversations_message AS message ON message.id = upward.id
        WHERE message.parent_id IS NOT NULL AND upward.height < %(most)s
    )
    SELECT message.id, message.role, message.text, persona.name, EXISTS (
        SELECT 1 FROM conversations_pathentry AS entry
        WHERE entry.conversation_id = %(conversation)s AND entry.message_id = upward.id)
    FROM upward JOIN conversations_message AS message ON message.id = upward.id
    LEFT JOIN characters_persona AS persona ON persona.id = message.persona_id
    ORDER BY height DESC
"""
# What choosing it would show below it: `path.FOLLOW`, which that writes down.
BELOW = f"""
    WITH RECURSIVE tail (id, depth) AS (
        SELECT %(message)s::uuid, 0
        UNION ALL
        SELECT below.id, tail.depth + 1 FROM tail
        CROSS JOIN LATERAL ({path.NEXT}) AS below
        WHERE tail.depth < %(most)s
    )
    SELECT message.id, message.role, message.text, persona.name, EXISTS (
        SELECT 1 FROM conversations_pathentry AS entry
        WHERE entry.conversation_id = %(conversation)s AND entry.message_id = tail.id)
    FROM tail JOIN conversations_message AS message ON message.id = tail.id
    LEFT JOIN characters_persona AS persona ON persona.id = message.persona_id
    WHERE depth > 0 ORDER BY depth
"""


@dataclass(frozen=True)
class Line:
    """One message of the passage. `is_shown`: the conversation shows it now.

    `persona` is the name as whom the person said it, "" for themselves.
    """

    id: UUID
    is_own: bool
    persona: str
    html: SafeString | str
    is_shown: bool
    is_hit: bool


@dataclass(frozen=True)
class Passage:
    """What stands around a message. `is_shown`: the conversation shows the message."""

    lines: Sequence[Line]
    is_shown: bool
    goes_on: bool
    begins_above: bool


def passage(conversation: Conversation, message_id: UUID) -> Passage | None:
    """The message with what stands above and below it; None if it is not here.

    Here is what was written or once shown in this conversation, and was not deleted.
    """
    values: dict[str, Any] = {
        "conversation": conversation.pk,
        "message": message_id,
        "most": AROUND,
    }
    if not path.is_here(conversation.pk, message_id):
        return None
    above = Asked(ABOVE, values).all()
    below = Asked(BELOW, values).all()
    lines = [
        Line(
            id=pk,
            is_own=role == Role.USER,
            persona=persona or "",
            html=text if role == Role.USER else render(text),
            is_shown=is_shown,
            is_hit=pk == message_id,
        )
        for pk, role, text, persona, is_shown in (*above, *below)
    ]
    return Passage(
        lines=lines,
        is_shown=any(line.is_hit and line.is_shown for line in lines),
        goes_on=len(below) == AROUND,
        begins_above=len(above) > AROUND,
    )
