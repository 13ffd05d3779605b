"""One anchor per pair or learner: a row here, one scope at the service.

The row is unique in the database. The scope is created once, by whoever claims the
row; everybody else waits for the claim to end. No database connection is held while
the service answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.memories.models import Anchor
from chatapp.pipeline import Asked
from chatapp.rows import Columns
from memory.client import MaasClient
from memory.errors import MemoryUnavailable

CLAIM = timedelta(seconds=15)
"""A claim older than this belongs to a process that died."""
TOGETHER = timedelta(minutes=5)
"""Anchors that are lost within this time have a cause in common."""
ANCHOR = Columns(Anchor, "anchor")
FOUND = f"""
    SELECT {ANCHOR.sql} FROM memories_anchor AS anchor
    WHERE user_id = %s AND lane = %s AND key = %s
"""
POLL = 0.02
"""Seconds between two looks at a row that another process has claimed."""


class AnchorAsked:
    """The question for an anchor, on its way: every turn waits for it."""

    def __init__(self, user_id: int, lane: str, key: str) -> None:
        self._whose = (user_id, lane, key)
        self._found = Asked(FOUND, self._whose)

    def one(self) -> Anchor:
        """The row, made when it is needed first."""
        if row := self._found.one():
            return ANCHOR.made(row)
        user_id, lane, key = self._whose
        anchor, _ = Anchor.objects.get_or_create(user_id=user_id, lane=lane, key=key)
        return anchor


def anchor_for(user: User, lane: str, key: str) -> Anchor:
    """The anchor row of this pair or learner, made when it is needed first."""
    return AnchorAsked(user.pk, lane, key).one()


def external_id(anchor: Anchor) -> str:
    """The pseudonym by which the service knows the anchor's person, in this lane."""
    user = anchor.user
    return user.tutor_external_id if anchor.lane == "tutor" else user.chat_external_id


def metadata(lane: str, external_id: str, key: str) -> dict[str, str]:
    """What the service is told: pseudonyms and slugs, never a name or an e-mail."""
    told = {
        "lane": external_id if lane == "tutor" else f"{external_id}:{key}",
        "user_external_id": external_id,
        "service_source": settings.MAAS_SERVICE_SOURCE,
    }
    if lane != "tutor":
        told["character_id"] = key
    return told


async def ensure(
    anchor_id: UUID, *, name: str, told: Mapping[str, str], memory: MaasClient
) -> str:
    """The service's id of this anchor, creating it there when it has none.

    Raises MemoryAPIError when the service does not take it; the claim is given back.
    """
    while True:
        maas_id, mine = await _claim(anchor_id)
        if maas_id:
            return maas_id
        if mine:
            break
        await asyncio.sleep(POLL)
    try:
        created = await memory.create_anchor(name, metadata=dict(told))
    except BaseException:
        await _release(anchor_id)
        raise
    return await _settle(anchor_id, created.anchor_id)


async def renew(
    anchor_id: UUID,
    lost: str,
    *,
    name: str,
    told: Mapping[str, str],
    memory: MaasClient,
) -> str:
    """A new scope for an anchor whose old one, `lost`, the service no longer knows.

    Raises MemoryUnavailable, and leaves the anchor as it was, when other anchors were
    lost minutes ago too, or this one was: that is a wrong workspace, or a service that
    forgets, and creating them all again would only hide it.
    """
    if not await _give_up(anchor_id, lost):
        msg = (
            "Several anchors are unknown to the memory service, or one again and again:"
            " check MAAS_WORKSPACE_ID and the key before anything is stored again."
        )
        raise MemoryUnavailable(msg)
    return await ensure(anchor_id, name=name, told=told, memory=memory)


def _claim_now(anchor_id: UUID) -> tuple[str, bool]:
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    mine = Anchor.objects.filter(free, pk=anchor_id, maas_id="").update(claimed_at=now)
    if mine:
        return "", True
    return Anchor.objects.values_list("maas_id", flat=True).get(pk=anchor_id), False


def _release_now(anchor_id: UUID) -> None:
    Anchor.objects.filter(pk=anchor_id).update(claimed_at=None)


def _settle_now(anchor_id: UUID, maas_id: str) -> str:
    Anchor.objects.filter(pk=anchor_id, maas_id="").update(
        maas_id=maas_id, claimed_at=None
    )
    return Anchor.objects.values_list("maas_id", flat=True).get(pk=anchor_id)


def _give_up_now(anchor_id: UUID, lost: str) -> bool:
    """Let go of the lost id; False when too many were lost lately, or this one was."""
    now = timezone.now()
    mine = Anchor.objects.filter(pk=anchor_id, maas_id=lost).exclude(maas_id="")
    if not mine.exists():
        return True  # somebody else was quicker
    lately = Anchor.objects.filter(lost_at__gt=now - TOGETHER)
    if lately.exclude(pk=anchor_id).exists():
        mine.update(lost_at=now)
        return False
    if lately.filter(pk=anchor_id).exists():
        return False  # and not noted again: when that is over it is made once more
    mine.update(lost_at=now, maas_id="")
    return True


_claim = database_sync_to_async(_claim_now, thread_sensitive=False)
_release = database_sync_to_async(_release_now, thread_sensitive=False)
_settle = database_sync_to_async(_settle_now, thread_sensitive=False)
_give_up = database_sync_to_async(_give_up_now, thread_sensitive=False)
