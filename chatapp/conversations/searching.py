"""Searches what one person said and was told, newest first, in pages.

The owner is part of every statement. Common words are found among the newest messages,
rare ones through the index: neither way is slow for the other kind of word. Messages that
were deleted are found no more, also while that can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.sought import Sought
from chatapp.pipeline import Asked, Row

PAGE = 20
SCANNED = 3_000
"""Of the newest messages so many are looked through before the index is asked."""
EXCERPT_CHARS = 220
BEFORE_CHARS = 70
END_OF_TIME = "infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"

TERMS = """
    (to_tsquery('simple', %(words)s) && %(pairs)s::tsquery && %(mine)s::tsquery)
"""
# Pairs of letters can stand apart: then the text itself decides.
LITERAL = """
    AND (%(literal)s::text[] = '{}' OR (
        SELECT bool_and(position(run IN conversations_folded(message.text)) > 0)
        FROM conversations_message AS message, unnest(%(literal)s::text[]) AS run
        WHERE message.id = found.message_id))
"""
BEHIND = "(found.said_at, found.message_id) < (%(at)s::timestamptz, %(id)s::uuid)"
ORDER = "ORDER BY found.said_at DESC, found.message_id DESC"
# Deleted here, or below something that was: only where anything was deleted at all.
HIDDEN = """
    EXISTS (
        SELECT 1 FROM conversations_deletion AS deletion
        WHERE deletion.conversation_id = found.conversation_id
          AND deletion.undone_at IS NULL AND deletion.message_id IS NOT NULL
    ) AND EXISTS (
        WITH RECURSIVE upward (id, parent_id) AS (
            SELECT id, parent_id FROM conversations_message WHERE id = found.message_id
            UNION ALL
            SELECT parent.id, parent.parent_id FROM upward
            JOIN conversations_message AS parent ON parent.id = upward.parent_id
        )
        SELECT 1 FROM upward
        JOIN conversations_deletion AS deletion ON deletion.message_id = upward.id
        WHERE deletion.conversation_id = found.conversation_id
          AND deletion.undone_at IS NULL
    )
"""
# Where it stands: in the conversation it was said in, else in one that branched off.
PLACED = """
    LEFT JOIN LATERAL (
        SELECT entry.conversation_id FROM conversations_pathentry AS entry
        JOIN conversations_conversation AS mine ON mine.id = entry.conversation_id
        WHERE entry.message_id = found.message_id AND mine.user_id = %(owner)s
        ORDER BY (entry.conversation_id = found.conversation_id) DESC LIMIT 1
    ) AS shown ON true
"""
AMONG_NEWEST = f"""
    SELECT found.message_id, found.said_at, found.conversation_id,
           shown.conversation_id
    FROM (SELECT message_id, said_at, conversation_id, terms
          FROM conversations_searchterms AS found
          WHERE owner_id = %(owner)s AND {BEHIND} {ORDER}
          LIMIT %(scanned)s) AS found
    {PLACED}
    WHERE found.terms @@ {TERMS} {LITERAL}
      AND (shown.conversation_id IS NOT NULL OR NOT ({HIDDEN}))
    {ORDER} LIMIT %(most)s
"""
AMONG_ALL = f"""
    WITH found AS MATERIALIZED (
        SELECT message_id, said_at, conversation_id FROM conversations_searchterms
        WHERE owner_id = %(owner)s AND terms @@ {TERMS}
    )
    SELECT found.message_id, found.said_at, found.conversation_id,
           shown.conversation_id
    FROM found {PLACED}
    WHERE {BEHIND} {LITERAL}
      AND (shown.conversation_id IS NOT NULL OR NOT ({HIDDEN}))
    {ORDER} LIMIT %(most)s
"""
READ = """
    SELECT message.id, message.role, message.text, message.created_at,
           conversation.id, conversation.title, conversation.lane,
           conversation.archived_at IS NOT NULL, conversation.character_id
    FROM unnest(%(messages)s::uuid[], %(places)s::uuid[]) AS hit (message, place)
    JOIN conversations_message AS message ON message.id = hit.message
    JOIN conversations_conversation AS conversation
      ON conversation.id = hit.place AND conversation.user_id = %(owner)s
    ORDER BY message.created_at DESC, message.id DESC
"""


@dataclass(frozen=True)
class Hit:
    """A message that was found. `is_shown`: it stands on its conversation's path.

    `url` leads there, or to a page of the version that it belongs to, which changes
    nothing. `pieces` are its words around the first place, and which were looked for.
    """

    id: UUID
    url: str
    is_shown: bool
    is_own: bool
    speaker: str
    portrait: str
    hue: int
    title: str
    said_at: datetime
    is_archived: bool
    pieces: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Found:
    """A page of hits; `next` is where the next one begins, "" at the end."""

    hits: Sequence[Hit]
    next: str = ""


def search(user: User, query: Sought, begin: str = "") -> Found:
    """The newest hits behind the key `begin` of the page before."""
    if query.is_empty:
        return Found(())
    at, pk = _key(begin)
    values: dict[str, Any] = {
        "owner": user.pk,
        "mine": f"'@{user.pk}'",
        "words": query.words_asked,
        "pairs": query.pairs_asked,
        "literal": list(query.literal),
        "at": at,
        "id": pk,
        "scanned": SCANNED,
        "most": PAGE + 1,
    }
    rows = Asked(AMONG_NEWEST, values).all()
    if len(rows) <= PAGE:
        rows = Asked(AMONG_ALL, values).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{last[1].isoformat()}_{last[0]}" if last else ""
    return Found(_read(user, query, rows[:PAGE]), following)


def excerpt(text: str, query: Sought) -> list[tuple[str, bool]]:
    """The words around the first place, in one line."""
    line = " ".join(text.split())
    pieces = query.marked(line)
    before = 0
    for piece, is_hit in pieces:
        if is_hit:
            break
        before += len(piece)
    begin = max(0, before - BEFORE_CHARS) if before < len(line) else 0
    if begin:
        begin = line.find(" ", begin, before) + 1 or begin
    cut = line[begin : begin + EXCERPT_CHARS]
    left, right = "…" if begin else "", "…" if begin + len(cut) < len(line) else ""
    return query.marked(f"{left}{cut}{right}")


def _read(user: User, query: Sought, rows: Sequence[Row]) -> list[Hit]:
    shown = {message for message, _, _, place in rows if place is not None}
    values: dict[str, Any] = {
        "owner": user.pk,
        "messages": [row[0] for row in rows],
        "places": [row[3] or row[2] for row in rows],
    }
    read = Asked(READ, values).all()
    listed = Character.objects.defer("card", "envelope")
    whom = listed.in_bulk({row[-1] for row in read})
    return [_hit(row, whom[row[-1]], query, row[0] in shown) for row in read]


def _hit(row: Row, character: Character, query: Sought, is_shown: bool) -> Hit:
    message, role, text, said_at, place, title, lane, archived, _ = row
    name = character.name
    url = reverse("conversations:open", args=[place])
    passage = reverse("conversations:passage", args=[place, message])
    return Hit(
        id=message,
        url=f"{url}?at={message}#message-{message}"
        if is_shown
        else f"{passage}#message-{message}",
        is_shown=is_shown,
        is_own=role == "user",
        speaker=name,
        portrait=character.portrait,
        hue=character.accent,
        title=title or (character.subject if lane == "tutor" else "") or name,
        said_at=said_at,
        is_archived=archived,
        pieces=excerpt(text, query),
    )


def _key(begin: str) -> tuple[str, str]:
    at, _, pk = begin.partition("_")
    try:
        when = parse_datetime(at)
        return (when.isoformat(), str(UUID(pk))) if when else END_OF_TIME
    except ValueError:
        return END_OF_TIME
