"""How much a person may use, and whether another turn may start.

Three calls surround a turn: `Admission` in the transaction that writes the message,
`renew` every few seconds while the reply runs, `settle` when it ended.

Exactness: an admission holds the person's `Usage` row until its transaction ends, so that
parallel tries wait for each other and each one counts the turns admitted before it.
The day's tokens are known only afterwards; each running turn therefore sets tokens
aside, as many as its prompt's budget and a long reply may come to (`turn_tokens`), and
the cap is exceeded by less than one turn as long as no turn takes more than that.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chatapp.accounts.limits import CapReached, Limits, message
from chatapp.accounts.models import Lease, Usage, User
from chatapp.pipeline import Asked, pipeline, tell
from memory.tokens import tokens_in

__all__ = [
    "Admission",
    "CapReached",
    "Limits",
    "active_user",
    "admit",
    "charge",
    "message",
    "renew",
    "reserve_more",
    "settle",
    "turn_tokens",
]

MINUTE = timedelta(seconds=60)
LEASE = timedelta(seconds=20)  # renewed every few seconds, so two misses are harmless
UNSETTLED = timedelta(days=1)  # after this nobody will settle a lease any more
SITE_TOKENS = 1_000
"""The site's rules and instructions; a card's own are told by `reserve_more`."""
REPLY_TOKENS = 2_000
"""A long reply."""

# Written out, because building these queries took the ORM ten times as long as
# PostgreSQL takes to answer them, and the first word of a reply waits for them.
LOCK = """
    SELECT usage.day, usage.tokens, person.is_active, person.is_guest,
           switch.replies_enabled, switch.message
    FROM accounts_usage AS usage
    JOIN accounts_user AS person ON person.id = usage.user_id
    LEFT JOIN accounts_siteswitch AS switch ON switch.id = 1
    WHERE usage.user_id = %(user)s
    FOR NO KEY UPDATE OF usage
"""
# The database's clock, read behind the lock: starts are then in order.
SEEN = """
    WITH moment AS MATERIALIZED (
        SELECT coalesce(%(now)s::timestamptz, clock_timestamp()) AS now
    )
    SELECT moment.now,
           count(*) FILTER (WHERE generation_id = %(generation)s),
           count(*) FILTER (WHERE started_at > moment.now - %(minute)s),
           min(started_at) FILTER (WHERE started_at > moment.now - %(minute)s),
           count(*) FILTER (WHERE ended_at IS NULL AND expires_at > moment.now),
           coalesce(sum(reserved) FILTER (
               WHERE ended_at IS NULL AND expires_at > moment.now), 0)
    FROM moment LEFT JOIN accounts_lease ON user_id = %(user)s
    GROUP BY moment.now
"""
START = """
    INSERT INTO accounts_lease
           (generation_id, user_id, started_at, expires_at, reserved)
    VALUES (%(generation)s, %(user)s, %(now)s, %(expires)s, %(reserve)s)
"""
MORE = """
    UPDATE accounts_lease SET reserved = reserved + %(tokens)s
    WHERE generation_id = %(generation)s
"""
LOCK_BY_LEASE = """
    SELECT 1 FROM accounts_usage AS usage
    JOIN accounts_lease AS lease ON lease.user_id = usage.user_id
    WHERE lease.generation_id = %(generation)s
    FOR NO KEY UPDATE OF usage
"""
SETTLE = """
    WITH ended AS (
        UPDATE accounts_lease SET ended_at = %(now)s
        WHERE generation_id = %(generation)s AND ended_at IS NULL
        RETURNING user_id
    ), gone AS (
        DELETE FROM accounts_lease AS old USING ended
        WHERE old.user_id = ended.user_id AND old.generation_id <> %(generation)s
          AND old.started_at < %(minute_ago)s
          AND (old.ended_at IS NOT NULL OR old.expires_at < %(unsettled)s)
    )
    UPDATE accounts_usage AS usage SET day = %(today)s, tokens = %(tokens)s
        + CASE WHEN usage.day = %(today)s THEN usage.tokens ELSE 0 END
    FROM ended WHERE usage.user_id = ended.user_id RETURNING usage.user_id
"""
CHARGE = """
    INSERT INTO accounts_usage AS usage (user_id, day, tokens)
    VALUES (%(user)s, %(today)s, %(tokens)s)
    ON CONFLICT (user_id) DO UPDATE SET day = excluded.day, tokens = excluded.tokens
        + CASE WHEN usage.day = excluded.day THEN usage.tokens ELSE 0 END
"""


def turn_tokens(*said: str) -> int:
    """The most that a turn may take: its prompt's budget, and a long reply.

    `said` are the texts that stand in the prompt whole, beside what has a budget: the
    new message, and a reply that is gone on with. Without any it is the longest message
    that is taken, in a script with a token for each letter.
    """
    budget = (
        *(settings.CARD_TOKENS, settings.LORE_TOKENS, settings.SUMMARY_TOKENS),
        *(settings.HISTORY_TOKENS, settings.MEMORY_TOKENS, SITE_TOKENS, REPLY_TOKENS),
    )
    whole = sum(map(tokens_in, said)) if said else settings.MESSAGE_MAX_CHARS
    return sum(budget) + whole


def admit(
    user: User,
    generation_id: UUID,
    *,
    reserve: int | None = None,
    now: datetime | None = None,
) -> None:
    """Let one more turn start, or raise `CapReached`; see `Admission`."""
    Admission(user, generation_id, reserve=reserve, now=now).decide()


class Admission:
    """A question on its way: may this person's next turn start?

    Ask it inside a transaction, before the message is written. The turn is counted
    when that transaction commits, and not at all when it rolls back. Asking for the
    same generation again counts nothing new.
    """

    def __init__(
        self,
        user: User,
        generation_id: UUID,
        *,
        reserve: int | None = None,
        now: datetime | None = None,
    ) -> None:
        """`reserve` tokens are set aside; left out, as many as any turn may take."""
        self._user = user
        self._reserve = turn_tokens() if reserve is None else reserve
        self._values = {
            "user": user.pk,
            "generation": generation_id,
            "now": now,
            "minute": MINUTE,
        }
        self._ask()

    def _ask(self) -> None:
        self._person = Asked(LOCK, self._values)
        self._seen = Asked(SEEN, self._values)

    def decide(self) -> None:
        """Count the turn, or raise `CapReached`."""
        person = self._person.one()
        if person is None:  # the first turn ever
            Usage.objects.bulk_create(
                [Usage(user=self._user, day=today(timezone.now()))],
                ignore_conflicts=True,
            )
            self._ask()
            person = self._person.one()
        seen = self._seen.one()
        assert person and seen  # the row is there now, and a count is always a row
        day, tokens, active, guest, replies_on, words = person
        now, known, turns, oldest, streams, reserved = seen
        if not settings.REPLIES_ENABLED or replies_on is False:
            raise CapReached("switched_off", message("switched_off", text=words or ""))
        if not active:
            raise CapReached("disabled", message("disabled"))
        if known:
            return
        limits = Limits.of(User(is_guest=guest))
        used = tokens if day == today(now) else 0
        _check_tokens_and_streams(limits, used, reserved, streams, now)
        if turns >= limits.turns_per_minute:
            wait_s = (oldest + MINUTE - now).total_seconds()
            raise CapReached("turns", message("turns", limits, wait_s=wait_s), wait_s)
        more = {"now": now, "expires": now + LEASE, "reserve": self._reserve}
        tell(START, self._values | more)


def reserve_more(generation_id: UUID, *texts: str) -> None:
    """Set more aside for a turn whose card brings instructions of its own, whole.

    Part of the transaction that admitted it.
    """
    tokens = sum(map(tokens_in, texts)) - SITE_TOKENS
    if tokens > 0:
        tell(MORE, {"generation": generation_id, "tokens": tokens})


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
    values: dict[str, Any] = {
        "generation": generation_id,
        "now": now,
        "minute_ago": now - MINUTE,
        "unsettled": now - UNSETTLED,
        "today": today(now),
        "tokens": max(tokens, 0),
    }
    with pipeline(), transaction.atomic(savepoint=False):
        # The same first lock as in `Admission`, so that the two can not deadlock.
        tell(LOCK_BY_LEASE, values)
        return Asked(SETTLE, values).one() is not None


def charge(user: User, tokens: int, *, now: datetime | None = None) -> None:
    """Charge tokens that were used outside a running reply, such as by extraction."""
    day = today(now or timezone.now())
    values: dict[str, Any] = {"user": user.pk, "today": day, "tokens": max(tokens, 0)}
    with connection.cursor() as cursor:
        cursor.execute(CHARGE, values)


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


def _check_tokens_and_streams(
    limits: Limits, used: int, reserved: int, streams: int, now: datetime
) -> None:
    """Raise `CapReached` when nothing is left, or when what runs may take the rest."""
    if used >= limits.tokens_per_day:
        raise CapReached("tokens", message("tokens", limits), _until_midnight(now))
    if streams >= limits.streams_at_once:
        raise CapReached("streams", message("streams", limits), 5.0)
    if used + reserved >= limits.tokens_per_day:
        raise CapReached("streams", message("streams", limits, last=True), 5.0)


def _until_midnight(now: datetime) -> float:
    """Seconds until the next UTC day."""
    here = now.astimezone(UTC)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1) - here).total_seconds()
