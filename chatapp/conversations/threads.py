"""A person's conversations in lists: the shelf beside a conversation, the front page.

A list reads one page by keys, so that ten thousand conversations cost no more than ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils.dateparse import parse_datetime

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Message

LISTED = 40
PINNED = 100
"""More pins than anybody looks through are no pins."""
PINNED_FIRST = F("pinned_at").desc(nulls_last=True)
PAGE = 40
PREVIEW_CHARS = 90


@dataclass(frozen=True)
class Listed:
    """One conversation in a list."""

    id: UUID
    url: str
    title: str
    name: str
    portrait: str
    hue: int
    preview: str
    updated_at: datetime
    lane: str
    is_current: bool
    is_branch: bool
    is_pinned: bool
    is_archived: bool
    folder: str


@dataclass(frozen=True)
class Page:
    """Some conversations in order; `next` is where the next page begins, "" at the end."""

    threads: Sequence[Listed]
    next: str


def listed(
    user: User, current: UUID | None = None, *, most: int = LISTED
) -> list[Listed]:
    """Pinned ones first, then the newest; without what was put into the archive."""
    mine = Conversation.objects.filter(user=user, archived_at=None)
    return _shown(mine.order_by(PINNED_FIRST, "-updated_at", "-pk")[:most], current)


def page_of(
    user: User, *, folder: int | None = None, archived: bool = False, begin: str = ""
) -> Page:
    """A page of the list, newest first, behind the key `begin` of the one before.

    The first page of what is not in the archive begins with the pinned ones.
    """
    mine = Conversation.objects.filter(user=user, archived_at__isnull=not archived)
    if folder is not None:
        mine = mine.filter(folder=folder)
    key = _key(begin)
    pinned: list[Listed] = []
    if not archived:
        if key is None:
            pinned = _shown(_pinned(mine))
        mine = mine.filter(pinned_at=None)
    if key is not None:
        at, pk = key
        mine = mine.filter(Q(updated_at__lt=at) | Q(updated_at=at, pk__lt=pk))
        mine = mine.filter(updated_at__lte=at)  # what the index can begin at
    rows = _shown(mine.order_by("-updated_at", "-pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{last.updated_at.isoformat()}_{last.id}" if last else ""
    return Page([*pinned, *rows[:PAGE]], following)


def beginning(text: str) -> str:
    """The first words of a message, without its asterisks."""
    return " ".join(text.replace("*", "").split())[:PREVIEW_CHARS]


def one(conversation: Conversation) -> Listed:
    """A single conversation, as a list shows it."""
    return _shown(Conversation.objects.filter(pk=conversation.pk))[0]


def _pinned(mine: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return mine.filter(pinned_at__isnull=False).order_by("-pinned_at")[:PINNED]


def _shown(rows: QuerySet[Conversation], current: UUID | None = None) -> list[Listed]:
    last = (
        Message.objects.filter(pathentry__conversation=OuterRef("pk"))
        .exclude(text="")
        .order_by("-pathentry__position")
    )
    found: Iterable[Conversation] = (
        rows.select_related("character", "folder")
        # Texts of megabytes, for sixty lines of a list.
        .defer("character__card", "character__envelope")
        .annotate(last=Subquery(last.annotate(cut=Left("text", 200)).values("cut")[:1]))
    )
    return [
        Listed(
            id=row.pk,
            url=row.get_absolute_url(),
            title=row.character.subject or row.character.name,
            name=row.character.name,
            portrait=row.character.portrait,
            hue=row.character.accent,
            preview=row.title or beginning(getattr(row, "last", "") or ""),
            updated_at=row.updated_at,
            lane=row.lane,
            is_current=row.pk == current,
            is_branch=row.origin_id is not None,
            is_pinned=row.pinned_at is not None,
            is_archived=row.archived_at is not None,
            folder=row.folder.name if row.folder else "",
        )
        for row in found
    ]


def _key(begin: str) -> tuple[datetime, UUID] | None:
    at, _, pk = begin.partition("_")
    try:
        when = parse_datetime(at)
        return (when, UUID(pk)) if when and when.tzinfo else None
    except ValueError:
        return None
