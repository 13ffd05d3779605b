"""Which part of the path stands in the page: its newest messages, and what was asked for.

A conversation of any length opens as quickly as a short one. What is not on the page is a
gap: above everything, or between messages that a link or a choice led to and the newest
ones, which always stand there. `earlier.js` fills gaps as they come into sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from chatapp.conversations import path
from chatapp.conversations.models import Conversation, Message, PathEntry
from chatapp.conversations.shown import Shown, shown

NEWEST = 60
"""Messages at the end of the path; the page always has these."""
STEP = 60
"""Messages that fill a gap at a time."""
ABOVE = 6
BELOW = 30
"""Messages around one that was asked for."""
SMALL = 20
"""A gap is not worth having for so few."""


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
    end = _entries(conversation, Q(), newest=NEWEST + SMALL)
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
    island = _entries(conversation, _between(top, bottom)) if top < bottom else []
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
    messages = _read(conversation, _between(begin, lower))
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
    messages = _read(conversation, _between(upper + 1, end))
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


def _between(begin: int, end: int) -> Q:
    return Q(position__gte=begin, position__lt=end)


def _read(conversation: Conversation, wanted: Q) -> list[Shown]:
    entries = _entries(conversation, wanted)
    return shown(conversation, [entry.message for entry in entries])


def _entries(
    conversation: Conversation, wanted: Q, newest: int | None = None
) -> list[PathEntry]:
    """What stands there on the path, oldest first; the `newest` of it."""
    rows = (
        PathEntry.objects.filter(wanted, conversation=conversation)
        .select_related("message__generation")
        .order_by("-position")[:newest]
    )
    return list(reversed(rows))


def _gap(before: UUID, after: UUID | None, count: int) -> Gap | None:
    return Gap(before, after, count) if count > 0 else None
