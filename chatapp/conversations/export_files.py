"""Files of long conversations: asked for, written by a job, fetched, removed.

A short conversation is written while its person waits. A long one is a row here, which
says how far the file is; its bytes lie in the row until they are too old. A file
belongs to whom its conversation belongs to, and nobody else has an address of it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chatapp.accounts import zones
from chatapp.accounts.models import User
from chatapp.conversations import export
from chatapp.conversations.models import (
    Conversation,
    ExportedFile,
    Message,
    PathEntry,
)

LONG = 300
"""Messages from which on a conversation is long: some seconds of work as a web page."""
KEPT = timedelta(days=1)
AT_ONCE = 3
"""Files of one person that may be in the making."""
TOLD_EVERY_S = 0.3
WRITING = ExportedFile.State.WRITING


class TooMany(Exception):
    """`AT_ONCE` files of this person are being written."""


def is_long(conversation: Conversation) -> bool:
    """Whether a job writes its files; reads no more of a long one than of a short."""
    shown = PathEntry.objects.filter(conversation=conversation, position=LONG)
    if shown.exists():
        return True
    said = Message.objects.filter(conversation=conversation).order_by()
    return bool(said.values_list("pk")[LONG : LONG + 1])


def files_of(conversation: Conversation) -> Sequence[ExportedFile]:
    """Its files, without their bytes, in the order of `export.WRITERS`."""
    found = _there(conversation.user_id).filter(conversation=conversation)
    by_kind = {file.kind: file for file in found.defer("data")}
    return [by_kind[kind] for kind in export.WRITERS if kind in by_kind]


def ready(user: User, pk: UUID) -> ExportedFile:
    """A whole file of this person's. Raises ExportedFile.DoesNotExist."""
    return _there(user.pk).get(pk=pk, state=ExportedFile.State.READY)


def ask(conversation: Conversation, kind: str) -> tuple[ExportedFile, bool]:
    """The row of a file to be, and whether it is new: then a job has to write it.

    One that is being written already is not begun again. Part of the caller's
    transaction. Raises TooMany.
    """
    with transaction.atomic():
        # The person's row orders two presses of the button.
        User.objects.select_for_update(no_key=True).get(pk=conversation.user_id)
        mine = _there(conversation.user_id).filter(state=WRITING).defer("data")
        writing = list(mine)
        for file in writing:
            if (file.conversation_id, file.kind) == (conversation.pk, kind):
                return file, False
        if len(writing) >= AT_ONCE:
            raise TooMany
        ExportedFile.objects.filter(conversation=conversation, kind=kind).delete()
        expires_at = timezone.now() + KEPT
        return ExportedFile.objects.create(
            conversation=conversation, kind=kind, expires_at=expires_at
        ), True


def write(pk: UUID) -> bool:
    """Write the file from the beginning; False when nobody wants it any more.

    Its times are on its person's clock. A job that was killed begins again, and leaves nothing by halves.
    """
    file = (
        ExportedFile.objects.filter(pk=pk, state=WRITING)
        .select_related("conversation__character", "conversation__user")
        .defer("data", "conversation__character__card")
        .first()
    )
    if file is None:
        return False
    with zones.shown_to(file.conversation.user):
        return _written(file)


def _written(file: ExportedFile) -> bool:
    pk, told = file.pk, export.whole(file.conversation)
    written, _media = export.WRITERS[file.kind]
    pieces: list[bytes] = []
    told_at = 0.0
    for piece in written(told):
        pieces.append(piece.encode())
        if time.monotonic() - told_at >= TOLD_EVERY_S:
            done = min(len(pieces), told.count)
            if not _tell(pk, done=done, total=told.count):
                return False
            told_at = time.monotonic()
    data = b"".join(pieces)
    return _tell(
        pk,
        done=told.count,
        total=told.count,
        name=export.file_name(told, file.kind),
        data=data,
        size=len(data),
        state=ExportedFile.State.READY,
        expires_at=timezone.now() + KEPT,
    )


def give_up(pk: UUID) -> None:
    """Say that it could not be written."""
    _tell(pk, state=ExportedFile.State.FAILED)


def remove_expired() -> int:
    """Remove what is too old; returns how many files."""
    old = ExportedFile.objects.filter(expires_at__lt=timezone.now())
    return old.delete()[0]


def _there(user_id: int) -> QuerySet[ExportedFile]:
    return ExportedFile.objects.filter(
        conversation__user=user_id, expires_at__gt=timezone.now()
    )


def _tell(pk: UUID, **fields: object) -> bool:
    return bool(ExportedFile.objects.filter(pk=pk, state=WRITING).update(**fields))
