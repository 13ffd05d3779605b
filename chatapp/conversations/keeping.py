"""Order among a person's conversations: names, pins, folders, the archive.

None of it touches what was said or remembered: a conversation in the archive is out of
the lists, and everything else about it is as before.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Folder

TITLE_CHARS = 120
FOLDERS = 200
"""A person's folders; more would be no order any more."""


class FolderRefused(Exception):
    """There is one of this name, or there are too many."""


def rename(conversation: Conversation, title: str) -> None:
    """Call it so; without a name it gets one from the next message."""
    Conversation.objects.filter(pk=conversation.pk).update(title=title[:TITLE_CHARS])


def pin(conversation: Conversation, *, on: bool) -> None:
    """Keep it at the top of the lists, or no longer."""
    rows = Conversation.objects.filter(pk=conversation.pk, pinned_at__isnull=on)
    rows.update(pinned_at=timezone.now() if on else None)


def archive(conversation: Conversation, *, on: bool) -> None:
    """Take it out of the lists, or bring it back where it was."""
    rows = Conversation.objects.filter(pk=conversation.pk, archived_at__isnull=on)
    rows.update(archived_at=timezone.now() if on else None)


def move(conversation: Conversation, folder: Folder | None) -> None:
    """Put it into a folder of the same person, or into none."""
    Conversation.objects.filter(pk=conversation.pk).update(folder=folder)


def folders_of(user: User) -> list[tuple[Folder, int]]:
    """The person's folders in order, and how many conversations the lists show in each."""
    shown = Count("conversation", filter=Q(conversation__archived_at=None))
    rows = Folder.objects.filter(owner=user).annotate(shown=shown)
    return [(row, row.shown) for row in rows]


def new_folder(user: User, name: str) -> Folder:
    """A folder behind the others. Raises FolderRefused."""
    mine = Folder.objects.filter(owner=user)
    if mine.count() >= FOLDERS:
        raise FolderRefused
    last = mine.aggregate(last=Max("order"))["last"]
    try:
        with transaction.atomic():
            return Folder.objects.create(
                owner=user, name=name, order=0 if last is None else last + 1
            )
    except IntegrityError as exc:
        raise FolderRefused from exc


def rename_folder(folder: Folder, name: str) -> None:
    """Call the folder so. Raises FolderRefused."""
    try:
        with transaction.atomic():
            Folder.objects.filter(pk=folder.pk).update(name=name)
    except IntegrityError as exc:
        raise FolderRefused from exc
