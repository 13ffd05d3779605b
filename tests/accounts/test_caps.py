"""A cap holds however many tries come at once, and frees itself after a crash."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chatapp.accounts import caps
from chatapp.accounts.models import Lease, SiteSwitch, Usage, User

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(name="ana")
def _ana() -> User:
    return User.objects.create_user("ana")


@pytest.fixture(name="guest")
def _guest() -> User:
    return User.objects.create_user("guest-1", is_guest=True)


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    """Small numbers, different for guests."""
    settings.REPLIES_ENABLED = True
    settings.TURNS_PER_MINUTE = 4
    settings.TOKENS_PER_DAY = 100_000
    settings.STREAMS_AT_ONCE = 3
    settings.GUEST_TURNS_PER_MINUTE = 2
    settings.GUEST_TOKENS_PER_DAY = 40_000
    settings.GUEST_STREAMS_AT_ONCE = 1


def start(user: User, now: datetime = NOON, **more: Any) -> uuid.UUID:
    """Admit a new generation and return its id."""
    generation_id = uuid.uuid4()
    with transaction.atomic():
        caps.admit(user, generation_id, now=now, **more)
    return generation_id


def refused(user: User, now: datetime = NOON, **more: Any) -> caps.CapReached:
    """The refusal of a new generation."""
    with pytest.raises(caps.CapReached) as caught:
        start(user, now, **more)
    return caught.value


def test_a_turn_is_admitted_and_charged(ana: User) -> None:
    generation = start(ana)
    assert Lease.objects.get().generation_id == generation

    assert caps.settle(generation, 1_200, now=NOON + timedelta(seconds=3))
    assert Usage.objects.get(user=ana).tokens == 1_200
    assert Usage.objects.get(user=ana).day == NOON.date()


def test_no_minute_holds_more_turns_than_allowed(ana: User) -> None:
    for second in (0, 1, 2, 50):
        moment = NOON + timedelta(seconds=second)
        caps.settle(start(ana, moment), 10, now=moment)

    late = refused(ana, NOON + timedelta(seconds=55))
    assert (late.kind, late.retry_after_s) == ("turns", 5.0)
    assert late.message == (
        "That was more than 4 messages in a minute. Try again in 5 seconds."
    )
    start(ana, NOON + timedelta(seconds=60))
    assert refused(ana, NOON + timedelta(seconds=60.5)).kind == "turns"


def test_streams_at_once_are_counted_until_they_end(ana: User) -> None:
    first, _, _ = start(ana), start(ana), start(ana)
    full = refused(ana)
    assert full.kind == "streams"
    assert full.message == (
        "3 replies are already being written for you. "
        "Wait for one to finish or stop it, then try again."
    )
    caps.settle(first, 5, now=NOON)
    start(ana)


def test_a_day_has_its_allowance_and_the_next_one_is_fresh(ana: User) -> None:
    caps.settle(start(ana), 100_000, now=NOON)
    spent = refused(ana)
    assert (spent.kind, spent.retry_after_s) == ("tokens", 12 * 3600)
    assert spent.message == (
        "You have used today's allowance of about 100,000 tokens. "
        "It refills at 00:00 UTC."
    )
    tomorrow = NOON + timedelta(hours=12)
    caps.settle(start(ana, tomorrow), 7, now=tomorrow)
    assert Usage.objects.get(user=ana).tokens == 7


def test_the_last_of_the_allowance_is_given_to_one_turn_only(ana: User) -> None:
    caps.settle(start(ana), 95_000, now=NOON)
    running = start(ana)
    waits = refused(ana)
    assert (waits.kind, waits.retry_after_s) == ("streams", 5.0)
    assert "may use up today's allowance" in waits.message
    caps.settle(running, 100, now=NOON)
    start(ana)


def test_a_turn_sets_aside_what_its_prompt_may_come_to(
    ana: User, settings: Settings
) -> None:
    budget = caps.turn_tokens("")
    settings.HISTORY_TOKENS += 4_000
    assert caps.turn_tokens("") == budget + 4_000
    assert caps.turn_tokens(
        "\ubc84\uc12f\uc744 \ub531\ub2c8\ub2e4" * 100
    ) > caps.turn_tokens("mushrooms")
    assert caps.turn_tokens() == caps.turn_tokens("\uae38" * settings.MESSAGE_MAX_CHARS)
    start(ana)
    assert Lease.objects.get().reserved == caps.turn_tokens()


def test_a_card_s_own_instructions_are_set_aside_too(ana: User) -> None:
    generation = start(ana, reserve=10_000)
    caps.reserve_more(generation, "short", "")
    assert Lease.objects.get().reserved == 10_000
    caps.reserve_more(generation, "word " * 8_000, "tail " * 400)
    assert Lease.objects.get().reserved == 10_000 + 10_500 - caps.SITE_TOKENS


def test_a_guest_has_less_and_reads_that_signing_up_gives_more(guest: User) -> None:
    generation = start(guest)
    assert refused(guest).message == (
        "1 reply is already being written for you. Wait for one to finish or stop it, "
        "then try again. Sign up to have more at once."
    )
    caps.settle(generation, 40_000, now=NOON)
    assert refused(guest).message == (
        "You have used today's allowance of about 40,000 tokens. "
        "It refills at 00:00 UTC. Sign up for more."
    )


def test_another_person_is_not_held_up(ana: User, guest: User) -> None:
    start(guest)
    assert refused(guest).kind == "streams"
    start(ana)


def test_the_switch_of_the_settings_stops_new_replies(
    ana: User, settings: Settings
) -> None:
    settings.REPLIES_ENABLED = False
    off = refused(ana)
    assert (off.kind, off.retry_after_s) == ("switched_off", None)
    assert "switched off" in off.message


def test_the_operators_switch_stops_new_replies_with_its_own_words(ana: User) -> None:
    SiteSwitch.objects.create(replies_enabled=False, message="Back at noon.")
    assert refused(ana).message == "Back at noon."
    SiteSwitch.objects.update(replies_enabled=True)
    start(ana)


def test_a_disabled_person_starts_nothing_even_with_a_stale_object(ana: User) -> None:
    User.objects.update(is_active=False)
    assert ana.is_active
    assert refused(ana).kind == "disabled"
    assert not Lease.objects.exists()


def test_a_running_reply_of_a_disabled_person_is_named_by_renew(ana: User) -> None:
    generation = start(ana)
    assert caps.renew([generation]) == frozenset()
    User.objects.update(is_active=False)
    assert caps.renew([generation]) == {generation}


def test_a_lease_ends_by_itself_unless_it_is_renewed(ana: User) -> None:
    kept, _, _ = start(ana), start(ana), start(ana)
    later = NOON + caps.LEASE - timedelta(seconds=1)
    caps.renew([kept], now=later)
    after = NOON + caps.LEASE + timedelta(seconds=1)
    assert Lease.objects.filter(expires_at__gt=after).count() == 1
    start(ana, after)


def test_a_turn_whose_process_died_is_still_charged_once(ana: User) -> None:
    generation = start(ana)
    assert caps.settle(generation, 300, now=NOON + timedelta(minutes=10))
    assert not caps.settle(generation, 300, now=NOON + timedelta(minutes=11))
    assert Usage.objects.get(user=ana).tokens == 300


def test_settling_an_unknown_generation_does_nothing() -> None:
    assert not caps.settle(uuid.uuid4(), 300)


def test_admitting_the_same_generation_twice_counts_once(ana: User) -> None:
    generation = start(ana)
    with transaction.atomic():
        caps.admit(ana, generation, now=NOON)
    assert Lease.objects.count() == 1


def test_a_message_that_was_rolled_back_was_no_turn(ana: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        caps.admit(ana, uuid.uuid4(), now=NOON)
        raise RuntimeError
    assert not Lease.objects.exists()


def test_old_turns_are_removed_and_unsettled_ones_kept(ana: User) -> None:
    old, unsettled = start(ana), start(ana)
    caps.settle(old, 1, now=NOON)
    later = NOON + timedelta(minutes=2)
    fresh = start(ana, later)
    caps.settle(fresh, 1, now=later)
    kept = set(Lease.objects.values_list("pk", flat=True))
    assert kept == {unsettled, fresh}


def test_tokens_outside_a_reply_are_charged_too(ana: User) -> None:
    caps.charge(ana, 50, now=NOON)
    caps.charge(ana, 70, now=NOON)
    assert Usage.objects.get(user=ana).tokens == 120


def test_admitting_takes_three_queries(ana: User) -> None:
    start(ana)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        caps.admit(ana, uuid.uuid4(), now=NOON)
    assert len(queries) == 3


def test_yesterdays_tokens_are_not_added_to_todays_charge(ana: User) -> None:
    caps.charge(ana, 50, now=NOON - timedelta(days=1))
    caps.charge(ana, 70, now=NOON)
    assert Usage.objects.get(user=ana).tokens == 70


def test_only_a_person_of_the_database_is_active(ana: User) -> None:
    assert caps.active_user(ana)
    assert not caps.active_user(None)
    User.objects.update(is_active=False)
    assert not caps.active_user(ana)


@pytest.fixture(name="together")
def _together() -> Iterator[ThreadPoolExecutor]:
    """Threads that really run at once, each with a connection of its own."""
    with ThreadPoolExecutor(16) as pool:
        yield pool


def tries(pool: ThreadPoolExecutor, user: User, *, end: int | None) -> Counter[str]:
    """200 parallel sends; each admitted one takes `end` tokens, or goes on running."""
    gate = threading.Barrier(16)

    def one(number: int) -> str:
        if number < gate.parties:
            gate.wait(timeout=20)
        generation_id = uuid.uuid4()
        try:
            with transaction.atomic():
                caps.admit(user, generation_id, now=NOON)
            if end is not None:
                caps.settle(generation_id, end, now=NOON)
        except caps.CapReached as reached:
            return reached.kind
        finally:
            connection.close()
        return "admitted"

    return Counter(pool.map(one, range(200)))


@pytest.mark.django_db(transaction=True)
class TestTwoHundredParallelTries:
    """Reliability goal S7: a cap is never exceeded by more than one turn."""

    def test_never_start_too_many_streams(
        self, ana: User, together: ThreadPoolExecutor
    ) -> None:
        assert tries(together, ana, end=None) == {"admitted": 3, "streams": 197}

    def test_never_make_too_many_turns_in_a_minute(
        self, ana: User, together: ThreadPoolExecutor, settings: Settings
    ) -> None:
        settings.TURNS_PER_MINUTE = 25
        settings.STREAMS_AT_ONCE = 200
        settings.TOKENS_PER_DAY = 10_000_000
        assert tries(together, ana, end=10) == {"admitted": 25, "turns": 175}
        assert Usage.objects.get(user=ana).tokens == 250

    def test_never_exceed_the_day_by_more_than_one_turn(
        self, ana: User, together: ThreadPoolExecutor, settings: Settings
    ) -> None:
        settings.TURNS_PER_MINUTE = settings.STREAMS_AT_ONCE = 200
        tries(together, ana, end=caps.turn_tokens())
        used = Usage.objects.get(user=ana).tokens
        assert used < 100_000 + caps.turn_tokens()
