"""The job that writes the file of a long conversation."""

from __future__ import annotations

import logging
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import transaction
from django.utils.translation import get_language, override
from procrastinate.contrib.django import app

from chatapp.conversations import export_files
from chatapp.conversations.models import Conversation, ExportedFile
from chatapp.conversations.tasks import AWAY, OutageRetry

logger = logging.getLogger(__name__)
ONE_BY_ONE = "exported files"
"""The lock of these jobs: one file is in memory at a time, and learning goes on."""


def prepare(conversation: Conversation, kind: str) -> ExportedFile:
    """Have the file written; the same again is the one that is being written.

    Raises export_files.TooMany.
    """
    with transaction.atomic():
        file, is_new = export_files.ask(conversation, kind)
        if is_new:
            write_export.configure(lock=ONE_BY_ONE).defer(
                file_id=str(file.pk), language=get_language() or ""
            )
    return file


@app.task(name="write_export", retry=OutageRetry())
async def write_export(file_id: str, language: str) -> None:
    """Write one file, in the language of whom it is for."""
    try:
        await _write(UUID(file_id), language)
    except AWAY:
        raise
    except Exception:
        # Whatever it was, the person waits for an answer.
        logger.exception("The file %s can not be written", file_id)
        await _give_up(UUID(file_id))


def _write_now(pk: UUID, language: str) -> None:
    with override(language or None):
        export_files.write(pk)


_write = database_sync_to_async(_write_now, thread_sensitive=False)
_give_up = database_sync_to_async(export_files.give_up, thread_sensitive=False)
