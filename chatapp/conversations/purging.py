"""Removes what was deleted when the time for an undo is over; a loop of each process.

Messages every few seconds; characters, personas, and files that nobody fetches any more,
every minute. A row goes when no conversation can come back to it: branches keep what they
share. What was remembered from removed messages alone is withdrawn for good, and deleted at
the memory service where that can delete.
"""

from __future__ import annotations

import asyncio
import logging
from itertools import count
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatapp import wiring
from chatapp.conversations import character_purging, export_files, persona_purging
from chatapp.conversations.deleting import SLACK
from chatapp.conversations.models import Conversation, Deletion, Message
from chatapp.memories import withdrawing
from chatapp.pipeline import Asked
from memory.errors import MemoryAPIError

logger = logging.getLogger(__name__)
EVERY_S = 2.0
SELDOM = 30
"""Rounds between looks at what is kept for days."""
AT_ONCE = 50
# The highest message above this one that was deleted for good in any conversation.
HIGHEST = """
    WITH RECURSIVE above (id, height) AS (
        SELECT %(message)s::uuid, 0
        UNION ALL
        SELECT message.parent_id, above.height + 1 FROM above
        JOIN conversations_message AS message ON message.id = above.id
        WHERE message.parent_id IS NOT NULL
    )
    SELECT above.id FROM above
    JOIN conversations_deletion AS deletion ON deletion.message_id = above.id
    WHERE deletion.purged_at IS NOT NULL
    ORDER BY above.height DESC LIMIT 1
"""
GONE = """
    ARRAY(SELECT deletion.conversation_id FROM conversations_deletion AS deletion
          WHERE deletion.message_id = child.id AND deletion.purged_at IS NOT NULL)
"""
# Below it: what no conversation wrote, shows or has shown but those it is `gone` for,
# and nothing hangs below that is kept.
REMOVABLE = f"""
    WITH RECURSIVE below (id, parent_id, conversation_id, gone) AS (
        SELECT child.id, child.parent_id, child.conversation_id, {GONE}
        FROM conversations_message AS child WHERE child.id = %(message)s
        UNION ALL
        SELECT child.id, child.parent_id, child.conversation_id, below.gone || {GONE}
        FROM below JOIN conversations_message AS child ON child.parent_id = below.id
    ), kept (id, parent_id) AS (
        SELECT id, parent_id FROM below
        WHERE conversation_id <> ALL(gone)
           OR EXISTS (SELECT 1 FROM conversations_pathentry AS entry
                      WHERE entry.message_id = below.id)
           OR EXISTS (SELECT 1 FROM conversations_leftbehind AS seen
                      WHERE seen.message_id = below.id
                        AND seen.conversation_id <> ALL(gone))
        UNION
        SELECT parent.id, parent.parent_id FROM kept
        JOIN conversations_message AS parent ON parent.id = kept.parent_id
        WHERE kept.id <> %(message)s
    )
    SELECT id FROM below WHERE id NOT IN (SELECT id FROM kept)
"""


async def watch() -> None:
    """Look every few seconds until cancelled; no fault ends it."""
    for number in count():
        try:
            await _purge_due()
            if number % SELDOM == 0:
                await _purge_old()
            await withdrawing.erase(
                wiring.memory_client(), can_delete=settings.EMBEDDED_MAAS
            )
        except MemoryAPIError as exc:
            logger.warning("What was deleted stays at the memory service: %s", exc)
        except Exception:
            # Most likely the database, which comes back.
            logger.exception("Removing what was deleted failed, trying again")
        await asyncio.sleep(EVERY_S)


def purge_old() -> None:
    """Remove what is kept for days, where those are over."""
    character_purging.purge_due()
    persona_purging.purge_due()
    export_files.remove_expired()


def purge_due() -> int:
    """Remove what nobody can bring back any more; returns how many deletions."""
    due = Deletion.objects.filter(
        undone_at=None, purged_at=None, expires_at__lt=timezone.now() - SLACK
    )
    ids = list(
        due.order_by("expires_at").values_list("pk", "conversation_id")[:AT_ONCE]
    )
    return sum(_purge(deletion, conversation) for deletion, conversation in ids)


def _purge(deletion_id: UUID, conversation_id: UUID) -> bool:
    with transaction.atomic():
        # Whoever undoes it holds this row.
        Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
        mine = Deletion.objects.filter(pk=deletion_id, undone_at=None, purged_at=None)
        if not mine.update(purged_at=timezone.now()):
            return False
        message_id = Deletion.objects.get(pk=deletion_id).message_id
        if message_id is not None:
            _remove(message_id)
    return True


def _remove(message_id: UUID) -> None:
    """Remove what nothing keeps any more, here and where only this kept it."""
    highest = Asked(HIGHEST, {"message": message_id}).one()
    assert highest is not None  # the message itself, at least
    ids = [row[0] for row in Asked(REMOVABLE, {"message": highest[0]}).all()]
    atoms = withdrawing.proven_by(ids)
    Message.objects.filter(pk__in=ids).delete()
    withdrawing.withdraw_unproven(atoms)


_purge_due = database_sync_to_async(purge_due, thread_sensitive=False)
_purge_old = database_sync_to_async(purge_old, thread_sensitive=False)
