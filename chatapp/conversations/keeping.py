"""Order among a person's conversations: names, pins, folders, the archive.

None of it touches what was said or remembered: a conversation in the archive is out of
the lists, and everything else about it is as before.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max
from django.db.models.expressions import RawSQL
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Folder

TITLE_CHARS = 120
FOLDERS = 200
"""A person's folders; more would be no order any more."""
MOST_COUNTED = 100
COUNTED = """
    (SELECT count(*) FROM (
        SELECT 1 FROM conversations_conversation AS thread
        WHERE thread.folder_id = conversations_folder.id AND thread.archived_at IS NULL
        LIMIT %s) AS few)
"""


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


def folders_of(user: User) -> list[tuple[Folder, str]]:
    """The person's folders in order, and how many conversations the lists show in each.

    The number stops at `MOST_COUNTED`: a full folder costs the list no more.
    """
    counted = RawSQL(COUNTED, [MOST_COUNTED], output_field=IntegerField())
    rows = Folder.objects.filter(owner=user).annotate(shown=counted)
    return [(row, _told(row.shown)) for row in rows]


def _told(shown: int) -> str:
    return str(shown) if shown < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


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
