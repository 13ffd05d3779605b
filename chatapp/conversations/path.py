"""The path: which messages of the tree a conversation shows, in order, as rows.

Everything here is one statement for any length of path, and is called with the
conversation's row locked. A message is visible in a conversation when it was written
or once shown there, and was not deleted there; siblings are visible messages with the
same parent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chatapp.conversations.models import Message
from chatapp.pipeline import Asked, tell

APPEND = """
    INSERT INTO conversations_pathentry (conversation_id, message_id, position)
    SELECT %(conversation)s, message, %(position)s + place - 1
    FROM unnest(%(messages)s::uuid[]) WITH ORDINALITY AS new (message, place)
"""
VISIBLE = """
    (child.conversation_id = %(conversation)s OR EXISTS (
         SELECT 1 FROM conversations_leftbehind AS seen
         WHERE seen.conversation_id = %(conversation)s
           AND seen.message_id = child.id))
    AND NOT EXISTS (
        SELECT 1 FROM conversations_deletion AS deletion
        WHERE deletion.conversation_id = %(conversation)s
          AND deletion.message_id = child.id AND deletion.undone_at IS NULL)
"""
PLACE = f"""
    SELECT slot.position, slot.message_id FROM conversations_message AS child
    LEFT JOIN conversations_pathentry AS above
           ON above.conversation_id = %(conversation)s
          AND above.message_id = child.parent_id
    JOIN conversations_pathentry AS slot
      ON slot.conversation_id = %(conversation)s
     AND slot.position
         = CASE WHEN child.parent_id IS NULL THEN 0 ELSE above.position + 1 END
    WHERE child.id = %(message)s
      AND (slot.message_id = child.id OR ({VISIBLE}))
"""
LEAVE = """
    WITH gone AS (
        DELETE FROM conversations_pathentry
        WHERE conversation_id = %(conversation)s AND position >= %(position)s
        RETURNING message_id, position
    )
    INSERT INTO conversations_leftbehind (conversation_id, message_id, next_id)
    SELECT %(conversation)s, message_id, lead(message_id) OVER (ORDER BY position)
    FROM gone
    ON CONFLICT (conversation_id, message_id) DO UPDATE SET next_id = excluded.next_id
"""
# The child that was shown last below each message, else the newest.
NEXT = f"""
    SELECT child.id FROM conversations_message AS child
    LEFT JOIN conversations_leftbehind AS left_behind
           ON left_behind.conversation_id = %(conversation)s
          AND left_behind.message_id = tail.id
    WHERE child.parent_id = tail.id AND {VISIBLE}
    ORDER BY (child.id = left_behind.next_id) DESC NULLS LAST,
             child.created_at DESC, child.id DESC
    LIMIT 1
"""
FOLLOW = f"""
    WITH RECURSIVE tail (id, depth) AS (
        SELECT %(message)s::uuid, 0
        UNION ALL
        SELECT below.id, tail.depth + 1 FROM tail
        CROSS JOIN LATERAL ({NEXT}) AS below
    ), shown AS (
        INSERT INTO conversations_pathentry (conversation_id, message_id, position)
        SELECT %(conversation)s, id, %(position)s + depth FROM tail
    )
    SELECT id FROM tail ORDER BY depth DESC LIMIT 1
"""
# From the message up to the first one whose place is on the path.
UPWARD = """
    WITH RECURSIVE upward (id, parent_id, height) AS (
        SELECT id, parent_id, 0 FROM conversations_message WHERE id = %(message)s
        UNION ALL
        SELECT parent.id, parent.parent_id, upward.height + 1 FROM upward
        JOIN conversations_message AS parent ON parent.id = upward.parent_id
        WHERE NOT EXISTS (
            SELECT 1 FROM conversations_pathentry AS entry
            WHERE entry.conversation_id = %(conversation)s
              AND entry.message_id = upward.parent_id)
    )
    SELECT id, parent_id, EXISTS (
        SELECT 1 FROM conversations_deletion AS deletion
        WHERE deletion.conversation_id = %(conversation)s
          AND deletion.message_id = upward.id AND deletion.undone_at IS NULL)
    FROM upward ORDER BY height DESC
"""
HERE = f"""
    SELECT 1 FROM conversations_message AS child
    WHERE child.id = %(message)s AND ({VISIBLE} OR EXISTS (
        SELECT 1 FROM conversations_pathentry AS entry
        WHERE entry.conversation_id = %(conversation)s AND entry.message_id = child.id))
"""
ORDERED = "array_agg(child.id ORDER BY child.created_at, child.id)"
# OFFSET 0 has each message looked up by itself: a small table would be read whole.
SIBLINGS = f"""
    SELECT shown.id, {ORDERED}
    FROM unnest(%(messages)s::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT id, parent_id FROM conversations_message WHERE id = wanted.id OFFSET 0
    ) AS shown
    CROSS JOIN LATERAL (
        SELECT child.id, child.created_at FROM conversations_message AS child
        WHERE child.parent_id = shown.parent_id AND (child.id = shown.id OR ({VISIBLE}))
        OFFSET 0
    ) AS child
    GROUP BY shown.id HAVING count(*) > 1
"""
FIRSTS = f"""
    UNION ALL
    SELECT %(first)s::uuid, {ORDERED} FROM (
        SELECT id, created_at, conversation_id FROM conversations_message
        WHERE conversation_id = %(conversation)s AND parent_id IS NULL
        UNION
        SELECT message.id, message.created_at, message.conversation_id
        FROM conversations_leftbehind AS seen
        JOIN conversations_message AS message ON message.id = seen.message_id
        WHERE seen.conversation_id = %(conversation)s AND message.parent_id IS NULL
    ) AS child
    WHERE child.id = %(first)s OR ({VISIBLE})
    HAVING count(*) > 1
"""
ORIGINS = """
    WITH RECURSIVE origins (id) AS (
        SELECT %(origin)s::uuid
        UNION
        SELECT conversation.origin_id FROM origins
        JOIN conversations_conversation AS conversation ON conversation.id = origins.id
        WHERE conversation.origin_id IS NOT NULL
    )
    SELECT id FROM origins
"""


@dataclass(frozen=True)
class Place:
    """Where on the path a message stands, or the sibling that is shown instead."""

    position: int
    shown: UUID


def append(
    conversation_id: UUID, messages: Sequence[UUID], *, position: int = 0
) -> None:
    """Show these from `position` on, which is the path's length."""
    values: dict[str, Any] = {
        "conversation": conversation_id,
        "messages": list(messages),
        "position": position,
    }
    tell(APPEND, values)


def place_of(conversation_id: UUID, message_id: UUID) -> Place | None:
    """The message's place; None when it is neither shown nor a sibling of one that is.

    Another conversation's message has no place here.
    """
    values: dict[str, Any] = {"conversation": conversation_id, "message": message_id}
    row = Asked(PLACE, values).one()
    return None if row is None else Place(*row)


def leave(conversation_id: UUID, position: int) -> None:
    """Show nothing from `position` on, and note what stood below what."""
    values: dict[str, Any] = {"conversation": conversation_id, "position": position}
    tell(LEAVE, values)


def follow(conversation_id: UUID, message_id: UUID, position: int) -> UUID:
    """Show this message at `position`, and below it what was shown there last.

    The path ends at `position`, as `leave` does it. Returns the new leaf.
    """
    values: dict[str, Any] = {
        "conversation": conversation_id,
        "message": message_id,
        "position": position,
    }
    row = Asked(FOLLOW, values).one()
    assert row is not None  # the message itself, at least
    leaf: UUID = row[0]
    return leaf


def way_to(conversation_id: UUID, message_id: UUID) -> list[UUID] | None:
    """Messages from the first one below the path down to this one.

    None when one of them is deleted here. One whose parent is shown has the way [itself].
    """
    values: dict[str, Any] = {"conversation": conversation_id, "message": message_id}
    chain = Asked(UPWARD, values).all()
    if any(deleted for _, _, deleted in chain):
        return None
    return [message for message, _, _ in chain]


def is_here(conversation_id: UUID, message_id: UUID) -> bool:
    """Whether the conversation shows this message or could: its way is not deleted."""
    values: dict[str, Any] = {"conversation": conversation_id, "message": message_id}
    if Asked(HERE, values).one() is None:
        return False
    return way_to(conversation_id, message_id) is not None


def siblings(
    conversation_id: UUID, messages: Sequence[Message]
) -> dict[UUID, tuple[UUID, ...]]:
    """The visible siblings of shown messages, itself included, in order of creation.

    A message that has none is left out. At most one of them begins its tree.
    """
    first = next((m.pk for m in messages if m.parent_id is None), None)
    values: dict[str, Any] = {
        "conversation": conversation_id,
        "messages": [message.pk for message in messages],
        "first": first,
    }
    rows = Asked(SIBLINGS + FIRSTS if first else SIBLINGS, values).all()
    return {shown: tuple(children) for shown, children in rows}


def origins(origin_id: UUID | None) -> tuple[UUID, ...]:
    """The conversation that was branched from, the one that it was branched from ...

    What these go on to say is not remembered in the branch.
    """
    if origin_id is None:
        return ()
    return tuple(row[0] for row in Asked(ORIGINS, {"origin": origin_id}).all())
