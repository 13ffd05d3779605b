"""Which part of the path stands in the page: its newest messages, and what was asked for.

A conversation of any length opens as quickly as a short one. What is not on the page is a
gap: above everything, or between messages that a link or a choice led to and the newest
ones, which always stand there. `earlier.js` fills gaps as they come into sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from chatapp.conversations import path
from chatapp.conversations.context import PATH_END
from chatapp.conversations.models import (
    Conversation,
    Generation,
    Message,
    PathEntry,
)
from chatapp.conversations.shown import Shown, shown
from chatapp.pipeline import Asked, Row
from chatapp.rows import Columns

NEWEST = 40
"""Messages at the end of the path; the page always has these."""
STEP = 60
"""Messages that fill a gap at a time."""
ABOVE = 6
BELOW = 30
"""Messages around one that was asked for."""
SMALL = 20
"""A gap is not worth having for so few."""
MESSAGE = Columns(Message, "message")
GENERATION = Columns(Generation, "generation")
# OFFSET 0 has each message looked up by itself: a small table would be read whole.
ENTRIES = f"""
    SELECT {MESSAGE.sql}, {GENERATION.sql}, entry.position FROM (
        SELECT message_id, position FROM conversations_pathentry
        WHERE conversation_id = %(conversation)s
          AND position >= %(begin)s AND position < %(end)s
        ORDER BY position DESC LIMIT %(most)s
    ) AS entry
    CROSS JOIN LATERAL (
        SELECT * FROM conversations_message WHERE id = entry.message_id OFFSET 0
    ) AS message
    LEFT JOIN LATERAL (
        SELECT * FROM conversations_generation
        WHERE id = message.generation_id OFFSET 0
    ) AS generation ON true
    ORDER BY entry.position DESC
"""


class _Entry(NamedTuple):
    position: int
    message: Message


@dataclass(frozen=True)
class Gap:
    """Messages of the path that are not on the page: `count` of them.

    They stand above `before`, and below `after` if anything stands above them.
    """

    before: UUID
    after: UUID | None
    count: int


@dataclass(frozen=True)
class Stretch:
    """Messages that follow each other, and the gap above them."""

    messages: Sequence[Shown]
    gap: Gap | None = None


def window(conversation: Conversation, around: int | None = None) -> list[Stretch]:
    """The newest messages, and those around the position `around`; oldest first."""
    end = _entries(conversation, most=NEWEST + SMALL)
    if not end:
        return []
    if end[0].position > 0:
        end = end[-NEWEST:]
    begin = end[0].position
    top = bottom = begin
    if around is not None and around - ABOVE < begin:
        top, bottom = max(0, around - ABOVE), around + BELOW
        top = 0 if top <= SMALL else top
        bottom = begin if bottom + SMALL >= begin else bottom
    island = _entries(conversation, top, bottom) if top < bottom else []
    messages = shown(conversation, [entry.message for entry in (*island, *end)])
    first = messages[0].id
    if bottom == begin:
        return [Stretch(messages, _gap(first, None, top))]
    higher, lower = messages[: len(island)], messages[len(island) :]
    return [
        Stretch(higher, _gap(first, None, top)),
        Stretch(lower, _gap(lower[0].id, higher[-1].id, begin - bottom)),
    ]


def place_of(conversation: Conversation, message_id: UUID | str) -> int | None:
    """The position of a message, or of what is shown in its place; None without one."""
    try:
        place = path.place_of(conversation.pk, UUID(str(message_id)))
    except ValueError:
        return None
    return place.position if place else None


def above(conversation: Conversation, before: UUID, after: UUID | None) -> Stretch:
    """What fills a gap from below; raises Message.DoesNotExist if it is no gap now."""
    lower, upper = _edges(conversation, before, after)
    begin = upper + 1 if lower - upper - 1 <= STEP + SMALL else lower - STEP
    messages = _read(conversation, begin, lower)
    if not messages:
        return Stretch(())
    missing = begin - upper - 1
    return Stretch(messages, _gap(messages[0].id, after, missing))


def below(
    conversation: Conversation, before: UUID, after: UUID
) -> tuple[Stretch, Gap | None]:
    """What fills a gap from above, and what is left of it; raises as `above` does."""
    lower, upper = _edges(conversation, before, after)
    end = lower if lower - upper - 1 <= STEP + SMALL else upper + STEP + 1
    messages = _read(conversation, upper + 1, end)
    left = lower - end
    if not left:
        return Stretch(messages), None
    return Stretch(messages), Gap(before, messages[-1].id, left)


def _edges(
    conversation: Conversation, before: UUID, after: UUID | None
) -> tuple[int, int]:
    places = dict(
        PathEntry.objects.filter(
            conversation=conversation, message__in=[before, after or before]
        ).values_list("message_id", "position")
    )
    if before not in places or (after is not None and after not in places):
        raise Message.DoesNotExist
    return places[before], places[after] if after else -1


def _read(conversation: Conversation, begin: int, end: int) -> list[Shown]:
    entries = _entries(conversation, begin, end)
    return shown(conversation, [entry.message for entry in entries])


def _entries(
    conversation: Conversation,
    begin: int = 0,
    end: int = PATH_END,
    most: int = PATH_END,
) -> list[_Entry]:
    """What stands from `begin` to before `end`, oldest first; the newest of it."""
    values = {"conversation": conversation.pk, "begin": begin, "end": end, "most": most}
    rows = Asked(ENTRIES, values).all()
    return [_entry(row) for row in reversed(rows)]


def _entry(row: Row) -> _Entry:
    message = MESSAGE.made(row)
    if message.generation_id is not None:
        message.generation = GENERATION.made(row[MESSAGE.width :])
    return _Entry(row[-1], message)


def _gap(before: UUID, after: UUID | None, count: int) -> Gap | None:
    return Gap(before, after, count) if count > 0 else None
