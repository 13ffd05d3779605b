"""What a page does not have yet: its messages, and the switch, compared with the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.loader import render_to_string

from chatapp.conversations import context, path
from chatapp.conversations.models import (
    RUNNING,
    Conversation,
    Generation,
    Message,
    PathEntry,
    Status,
)
from chatapp.conversations.shown import Shown, as_html, shown
from chatapp.memories.lines import MemoryLine, count, memory_lines
from chatapp.pipeline import Asked, Row
from chatapp.rows import Columns

RECENT = 12
"""Messages that are compared; more when the page says that it missed more."""
MISSED = 200
"""Not more than these at once."""
Fingerprint = tuple[object, ...]
"""What a message looks like in short; another one means that it has to be sent."""

# Written out: each open page asks this whenever something happens, and most of what it
# looks at has not changed.
PEEK = """
    SELECT entry.message_id, generation.id, generation.status,
           generation.id IS NOT NULL AND entry.message_id = conversation.leaf_id,
           conversation.path_version, off.recalls
    FROM conversations_conversation AS conversation
    LEFT JOIN memories_offrecord AS off
           ON off.conversation_id = conversation.id AND off.ended_at IS NULL
    LEFT JOIN LATERAL (
        SELECT message_id, position FROM conversations_pathentry
        WHERE conversation_id = conversation.id ORDER BY position DESC LIMIT %s
    ) AS entry ON true
    LEFT JOIN conversations_message AS message ON message.id = entry.message_id
    LEFT JOIN conversations_generation AS generation
           ON generation.id = message.generation_id
    WHERE conversation.id = %s ORDER BY entry.position DESC
"""
MESSAGE = Columns(Message, "message")
GENERATION = Columns(Generation, "generation")
READ = f"""
    SELECT {MESSAGE.sql}, {GENERATION.sql}
    FROM conversations_pathentry AS entry
    JOIN conversations_message AS message ON message.id = entry.message_id
    LEFT JOIN conversations_generation AS generation
           ON generation.id = message.generation_id
    WHERE entry.conversation_id = %s AND entry.message_id = ANY(%s)
    ORDER BY entry.position
"""


@dataclass(frozen=True)
class Change:
    """A message that the page does not have like this.

    `body` is the part of its `html` that a reply's text makes, "" while it may change;
    `generation` wrote it.
    """

    message_id: UUID
    html: str
    generation: UUID | str = ""
    body: str = ""

    @property
    def without_body(self) -> str:
        """For a page that has the body."""
        return self.html.replace(self.body, "", 1)


@dataclass(frozen=True)
class Look:
    """One comparison. `seen` is what the page has once it got the changes.

    `version` is that of the path; a page with another one reads everything anew.
    `off_record` is the line that says whether anything is learnt here, as HTML, None
    for a page that has it.
    """

    changes: Sequence[Change]
    seen: Mapping[UUID, Fingerprint]
    version: int
    remembered: int = 0
    off_record: str | None = None


def look(
    conversation_id: UUID,
    sent: Mapping[UUID, Fingerprint],
    last: UUID | None = None,
    version: int | None = None,
) -> Look:
    """Compare the newest messages with what was `sent`, all of them behind `last`.

    Further up, too, while a reply there is still to be learnt from: an outage lets them
    wait, and the page says that they do.
    There are none for a page whose `version` of the path is another one. Raises
    Conversation.DoesNotExist when it was deleted.
    """
    newest, waiting = _how_many(conversation_id, last), _oldest_waiting(sent)
    now, seen, lines = _peek(conversation_id, newest, *waiting)
    is_turned = version not in {None, now}
    fresh = [pk for pk, looks in seen.items() if sent.get(pk) != looks]
    switched = conversation_id in fresh
    if switched:
        fresh.remove(conversation_id)
    line = _off_record(conversation_id, *seen[conversation_id]) if switched else None
    if not fresh and not is_turned:
        return Look((), seen, now, off_record=line)
    conversation = context.find(conversation_id)
    if conversation is None:
        raise Conversation.DoesNotExist
    remembered = count(
        context.anchor_of(conversation),
        path.origins(conversation.origin_id),
    )
    if is_turned:
        return Look((), seen, now, remembered, line)
    changes = [
        Change(
            message.id,
            as_html(message),
            message.generation_id,
            _body(message),
        )
        for message in _messages(conversation, fresh, lines)
    ]
    return Look(changes, seen, now, remembered, line)


def _off_record(conversation_id: UUID, recalls: object) -> str:
    """The line for what `PEEK` says of it: nothing while the switch is off."""
    switch = None if recalls is None else {"recalls": recalls}
    page = {"conversation": {"id": conversation_id}, "off_record": switch}
    return render_to_string("conversations/_off_record.html", page)


def _body(message: Shown) -> str:
    if not message.generation_id or message.status in RUNNING:
        return ""
    return message.html


def _oldest_waiting(sent: Mapping[UUID, Fingerprint]) -> tuple[UUID | None, int]:
    """The oldest message whose line says that it waits; how many came up to the end."""
    for number, (pk, looks) in enumerate(sent.items()):
        line = looks[-1]
        if isinstance(line, MemoryLine) and (line.learning or line.waiting):
            return pk, len(sent) - number
    return None, 0


def _peek(
    conversation_id: UUID, newest: int, oldest: UUID | None = None, behind: int = 0
) -> tuple[int, dict[UUID, Fingerprint], dict[UUID, MemoryLine]]:
    """The path's version, its newest messages in short, oldest first, their lines.

    At least those from `oldest` on, which `behind` messages stood behind. In short is
    also whether anything is learnt there, below the conversation's own id.
    """
    asked = min(MISSED, newest + behind)
    rows = Asked(PEEK, [asked, conversation_id]).all()
    if not rows:
        raise Conversation.DoesNotExist
    ids = [row[0] for row in rows]
    far = ids.index(oldest) + 1 if oldest in ids else 0
    rows = rows[: max(newest, far)]
    begun = [pk for _, pk, status, *_ in rows if pk and status != Status.PENDING]
    lines = memory_lines(begun)
    seen: dict[UUID, Fingerprint] = {
        message_id: (generation_id, status, goes_on, lines.get(generation_id))
        for message_id, generation_id, status, goes_on, *_ in reversed(rows)
        if message_id is not None
    }
    *_, version, recalls = rows[0]
    seen[conversation_id] = (recalls,)
    return version, seen, lines


def _messages(
    conversation: Conversation,
    ids: Sequence[UUID],
    lines: Mapping[UUID, MemoryLine],
) -> list[Shown]:
    rows = Asked(READ, [conversation.pk, list(ids)]).all()
    return shown(conversation, [_message(row) for row in rows], lines=lines)


def _message(row: Row) -> Message:
    message, written_by = MESSAGE.made(row), row[MESSAGE.width :]
    message.generation = GENERATION.made(written_by) if message.generation_id else None
    return message


def _how_many(conversation_id: UUID, last: UUID | None) -> int:
    if last is None:
        return RECENT
    entries = PathEntry.objects.filter(conversation=conversation_id)
    known = entries.filter(message=last).first()
    if known is None:
        return RECENT
    missed = entries.filter(position__gt=known.position).count()
    return min(MISSED, max(RECENT, missed + 1))
