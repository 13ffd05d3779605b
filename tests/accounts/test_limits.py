"""Who has which caps, and full sentences at each."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from chatapp.accounts.limits import CapReached, Kind, Limits, message
from chatapp.accounts.models import User

PERSON = Limits(20, 200_000, 3, guest=False)
GUEST = Limits(10, 40_000, 2, guest=True)
KINDS: tuple[Kind, ...] = ("switched_off", "disabled", "turns", "tokens", "streams")


def test_limits_come_from_the_settings(settings: Settings) -> None:
    settings.TURNS_PER_MINUTE = 7
    settings.GUEST_TURNS_PER_MINUTE = 5
    assert Limits.of(User(is_guest=False)).turns_per_minute == 7
    assert Limits.of(User(is_guest=True)).turns_per_minute == 5


@pytest.mark.parametrize("kind", KINDS)
def test_each_message_says_what_to_do(kind: Kind) -> None:
    text = message(kind, PERSON, wait_s=31)
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert "Sign up" not in text


@pytest.mark.parametrize("kind", ["turns", "tokens", "streams"])
def test_a_guest_reads_that_signing_up_gives_more(kind: Kind) -> None:
    assert "Sign up" in message(kind, GUEST, wait_s=31)


def test_seconds_are_whole_and_at_least_one() -> None:
    assert message("turns", PERSON, wait_s=0.2).endswith("Try again in 1 second.")
    assert message("turns", PERSON, wait_s=30.6).endswith("Try again in 31 seconds.")


def test_the_error_carries_what_a_page_needs() -> None:
    error = CapReached("turns", "Wait.", 2.5)
    assert (str(error), error.kind, error.retry_after_s) == ("Wait.", "turns", 2.5)
