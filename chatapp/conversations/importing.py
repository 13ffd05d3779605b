"""Makes a conversation of a chat from elsewhere: all of it in one transaction.

Swipes become versions of one message. Nothing is learnt from any of it: a reply without a
generation has no turn to learn from, and it was not said here. The same file imported
again, for the same character, leads to the conversation that it made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.accounts.zones import zone_of
from chatapp.characters.models import Character
from chatapp.conversations import context, path, turns
from chatapp.conversations.models import Conversation, ImportedChat, Role
from chatapp.conversations.sillytavern import Chat, ChatLine, read_chat
from chatapp.pipeline import tell

STEP = timedelta(milliseconds=1)
"""Between messages whose times are not known, or not in order."""
AT_ONCE = 2_000

WRITE = """
    INSERT INTO conversations_message
           (id, conversation_id, parent_id, role, text, created_at)
    SELECT new.id, %(conversation)s, new.parent, new.role, new.text, new.at
    FROM unnest(%(ids)s::uuid[], %(parents)s::uuid[], %(roles)s::text[],
                %(texts)s::text[], %(times)s::timestamptz[])
         AS new (id, parent, role, text, at)
"""
LAST_SHOWN = """
    INSERT INTO conversations_leftbehind (conversation_id, message_id, next_id)
    SELECT %(conversation)s, message, NULL FROM unnest(%(messages)s::uuid[]) AS message
"""


@dataclass(frozen=True)
class Imported:
    """What an import made, or had made before: then it is not `fresh`."""

    conversation: Conversation
    fresh: bool
    messages: int
    versions: int
    hidden: int


@dataclass(frozen=True)
class _Row:
    id: UUID
    parent: UUID | None
    role: str
    text: str
    at: datetime


def import_chat(user: User, character: Character, data: bytes) -> Imported:
    """Read the file and write its conversation. Raises `sillytavern.ChatRefused`."""
    now = timezone.now()
    chat = read_chat(data, now, zone_of(user))
    digest = hashlib.sha256(data).hexdigest()
    rows, shown = _rows(chat.lines, now)
    with transaction.atomic():
        # The person's row orders two tabs that send the same file.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        mine = ImportedChat.objects.filter(owner=user, character=character)
        if before := mine.filter(sha256=digest).first():
            return _told(before.conversation, chat, rows, fresh=False)
        conversation = Conversation.objects.create(
            user=user,
            character=character,
            lane="character",
            title=turns.title_of(chat.title) or character.name,
        )
        context.anchor_of(conversation)
        _write(conversation, rows)
        path.append(conversation.pk, shown)
        on_path = set(shown)
        aside = [row.id for row in rows if row.id not in on_path]
        tell(LAST_SHOWN, {"conversation": conversation.pk, "messages": aside})
        Conversation.objects.filter(pk=conversation.pk).update(leaf_id=shown[-1])
        ImportedChat.objects.create(
            owner=user, character=character, sha256=digest, conversation=conversation
        )
    return _told(conversation, chat, rows, fresh=True)


def _rows(lines: Sequence[ChatLine], now: datetime) -> tuple[list[_Row], list[UUID]]:
    """Each version as a row, in order of time; and the path through them."""
    rows: list[_Row] = []
    shown: list[UUID] = []
    total = sum(len(line.versions) for line in lines)
    at = (lines[0].at or now) - total * STEP
    for line in lines:
        role = Role.USER if line.is_own else Role.ASSISTANT
        parent = shown[-1] if shown else None
        at = max(at + STEP, line.at or at)
        versions = []
        for text in line.versions:
            versions.append(_Row(uuid4(), parent, role, text, at))
            at += STEP
        rows += versions
        shown.append(versions[line.chosen].id)
    return rows, shown


def _write(conversation: Conversation, rows: Sequence[_Row]) -> None:
    for begin in range(0, len(rows), AT_ONCE):
        some = rows[begin : begin + AT_ONCE]
        tell(
            WRITE,
            {
                "conversation": conversation.pk,
                "ids": [row.id for row in some],
                "parents": [row.parent for row in some],
                "roles": [row.role for row in some],
                "texts": [row.text for row in some],
                "times": [row.at for row in some],
            },
        )


def _told(
    conversation: Conversation, chat: Chat, rows: Sequence[_Row], *, fresh: bool
) -> Imported:
    return Imported(
        conversation=conversation,
        fresh=fresh,
        messages=len(chat.lines),
        versions=len(rows) - len(chat.lines),
        hidden=chat.hidden,
    )
