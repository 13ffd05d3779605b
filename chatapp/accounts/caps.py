"""How much a person may use, and whether another turn may start.

Three calls surround a turn: `admit` in the transaction that writes the message,
`renew` every few seconds while the reply runs, `settle` when it ended.

Exactness: `admit` holds the person's `Usage` row until its transaction ends, so that
parallel tries wait for each other and each one counts the turns admitted before it.
The day's tokens are known only afterwards; each running turn therefore sets `reserve`
tokens aside, and the cap is exceeded by less than one turn as long as no turn takes
more than it reserved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q, Subquery, Sum
from django.utils import timezone

from chatapp.accounts.limits import CapReached, Limits, message
from chatapp.accounts.models import Lease, SiteSwitch, Usage, User

__all__ = [
    "CapReached",
    "Limits",
    "active_user",
    "admit",
    "charge",
    "message",
    "renew",
    "settle",
]

MINUTE = timedelta(seconds=60)
LEASE = timedelta(seconds=20)  # renewed every few seconds, so two misses are harmless
UNSETTLED = timedelta(days=1)  # after this nobody will settle a lease any more
RESERVE_TOKENS = 6_000  # a full message, its history and memory, and a long reply


def admit(
    user: User,
    generation_id: UUID,
    *,
    reserve: int = RESERVE_TOKENS,
    now: datetime | None = None,
) -> None:
    """Let one more turn start, or raise `CapReached`.

    Call it inside `transaction.atomic()`, before the message is written: the turn is
    counted when that transaction commits, and not at all when it rolls back.
    Admitting the same generation again counts nothing new.
    """
    usage, switch_off, switch_text = _lock(user)
    now = now or timezone.now()  # read behind the lock: starts are then in order
    if not settings.REPLIES_ENABLED or switch_off:
        raise CapReached("switched_off", message("switched_off", text=switch_text))
    if not usage.user.is_active:
        raise CapReached("disabled", message("disabled"))
    limits = Limits.of(usage.user)
    running = Q(ended_at=None, expires_at__gt=now)
    seen = Lease.objects.filter(user=user).aggregate(
        known=Count("pk", Q(pk=generation_id)),
        turns=Count("pk", Q(started_at__gt=now - MINUTE)),
        oldest=Min("started_at", filter=Q(started_at__gt=now - MINUTE)),
        streams=Count("pk", running),
        reserved=Sum("reserved", filter=running, default=0),
    )
    if seen["known"]:
        return
    used = usage.tokens if usage.day == today(now) else 0
    if used >= limits.tokens_per_day:
        raise CapReached("tokens", message("tokens", limits), _until_midnight(now))
    if seen["streams"] >= limits.streams_at_once:
        raise CapReached("streams", message("streams", limits), 5.0)
    if used + seen["reserved"] >= limits.tokens_per_day:
        raise CapReached("streams", message("streams", limits, last=True), 5.0)
    if seen["turns"] >= limits.turns_per_minute:
        wait = (seen["oldest"] + MINUTE - now).total_seconds()
        raise CapReached("turns", message("turns", limits, wait_s=wait), wait)
    Lease.objects.create(
        generation_id=generation_id,
        user=user,
        started_at=now,
        expires_at=now + LEASE,
        reserved=reserve,
    )


def renew(
    generation_ids: Collection[UUID], *, now: datetime | None = None
) -> frozenset[UUID]:
    """Keep running turns counted for another `LEASE`.

    Returns the ones whose person was disabled meanwhile: their replies must stop.
    """
    now = now or timezone.now()
    running = Lease.objects.filter(pk__in=generation_ids, ended_at=None)
    running.update(expires_at=now + LEASE)
    return frozenset(running.filter(user__is_active=False).values_list("pk", flat=True))


def settle(generation_id: UUID, tokens: int, *, now: datetime | None = None) -> bool:
    """End a turn and charge what it took; True unless it was settled before.

    Also right for a turn whose lease ran out because its process died.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lease = Lease.objects.filter(pk=generation_id).first()
        if lease is None:
            return False
        # The same lock as in `admit`, and in the same order, so neither can deadlock.
        usage = Usage.objects.select_for_update(no_key=True).get(pk=lease.user_id)
        mine = Lease.objects.filter(pk=generation_id, ended_at=None)
        if not mine.update(ended_at=now):
            return False
        _charge(usage, tokens, now)
        done = Q(ended_at__isnull=False) | Q(expires_at__lt=now - UNSETTLED)
        past = Lease.objects.filter(user=lease.user_id, started_at__lt=now - MINUTE)
        past.filter(done).delete()
    return True


def charge(user: User, tokens: int, *, now: datetime | None = None) -> None:
    """Charge tokens that were used outside a running reply, such as by extraction."""
    with transaction.atomic():
        usage, _, _ = _lock(user)
        _charge(usage, tokens, now or timezone.now())


def active_user(user: object) -> bool:
    """True for a signed-in person who is not disabled, read from the database.

    For a socket, whose user was loaded when it connected and may be stale.
    """
    return (
        isinstance(user, User)
        and User.objects.filter(pk=user.pk, is_active=True).exists()
    )


def today(now: datetime) -> date:
    """The UTC day that `now` is charged to."""
    return now.astimezone(UTC).date()


def _lock(user: User) -> tuple[Usage, bool, str]:
    """The person's row, locked until the transaction ends, and the site's switch."""
    switch = SiteSwitch.objects.filter(pk=SiteSwitch.ONLY)
    query = (
        Usage.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .annotate(
            switch_on=Subquery(switch.values("replies_enabled")),
            switch_text=Subquery(switch.values("message")),
        )
    )
    usage = query.filter(pk=user.pk).first()
    if usage is None:
        Usage.objects.bulk_create(
            [Usage(user=user, day=today(timezone.now()))], ignore_conflicts=True
        )
        usage = query.get(pk=user.pk)
    return usage, usage.switch_on is False, usage.switch_text or ""


def _charge(usage: Usage, tokens: int, now: datetime) -> None:
    """Add to the day's tokens of a locked row; a new day starts from nothing."""
    day = today(now)
    usage.tokens = max(tokens, 0) + (usage.tokens if usage.day == day else 0)
    usage.day = day
    usage.save(update_fields=["day", "tokens"])


def _until_midnight(now: datetime) -> float:
    """Seconds until the next UTC day."""
    here = now.astimezone(UTC)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1) - here).total_seconds()
