"""Whoever observes is told of each attempt, in bounds, and never the key."""

from __future__ import annotations

import asyncio

import pytest

from memory.observe import KEY_IS, MAX_REQUEST, MAX_RESPONSE, Seen, Watched, observing

KEY = "mk_secret_0123456789"
URL = "https://m.test/v1/recall"


def watched(body: bytes | object = b"{}", **about: int) -> Watched:
    return Watched("memory", "POST", URL, body, secret=KEY, **about)


def test_an_attempt_is_told_once_when_it_is_over() -> None:
    told: list[Seen] = []
    with observing(told.append), watched({"query": "café"}, attempt=2) as seen:
        seen.answered(200)
        seen.received(b'{"items"')
        seen.received(b": []}")
        assert told == []
    (only,) = told
    assert (only.status, only.error, only.attempt) == (200, None, 2)
    assert only.request() == '{"query": "café"}'
    assert only.response() == '{"items": []}'
    assert (only.request_size, only.response_size) == (18, 13)
    assert only.first_seconds is not None and only.seconds >= only.first_seconds


def test_nobody_is_told_outside_and_of_other_tasks() -> None:
    told: list[Seen] = []
    with watched() as seen:
        seen.received(b"x")
    with observing(told.append), observing(None), watched():
        pass
    assert told == []


async def test_each_task_has_its_own_observer() -> None:
    async def call(told: list[Seen]) -> None:
        with observing(told.append):
            await asyncio.sleep(0)
            with watched():
                await asyncio.sleep(0)

    first: list[Seen] = []
    second: list[Seen] = []
    await asyncio.gather(call(first), call(second))
    assert (len(first), len(second)) == (1, 1)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        pytest.param(ValueError("its text"), "ValueError", id="any"),
        pytest.param(asyncio.CancelledError(), "Cancelled", id="cancelled"),
        pytest.param(GeneratorExit(), "Cancelled", id="closed"),
    ],
)
def test_what_went_wrong_is_a_word_and_no_text(error: BaseException, word: str) -> None:
    told: list[Seen] = []
    with pytest.raises(type(error)), observing(told.append), watched():
        raise error
    assert [seen.error for seen in told] == [word]


def test_bodies_are_bounded_and_their_sizes_true() -> None:
    told: list[Seen] = []
    with observing(told.append), watched(b"a" * (MAX_REQUEST + 5)) as seen:
        for _ in range(3):
            seen.received(b"b" * MAX_RESPONSE)
    (only,) = told
    assert len(only.request()) == MAX_REQUEST
    assert len(only.response()) == MAX_RESPONSE
    assert only.request_size == MAX_REQUEST + 5
    assert only.response_size == 3 * MAX_RESPONSE


@pytest.mark.parametrize("before", [0, MAX_RESPONSE - 5, MAX_RESPONSE - len(KEY)])
def test_no_part_of_a_key_is_told_wherever_the_cut_is(before: int) -> None:
    told: list[Seen] = []
    with observing(told.append), watched(f'"{KEY}"'.encode()) as seen:
        seen.received(b"x" * before + KEY.encode())
    (only,) = told
    assert "secret" not in only.request() + only.response() + repr(only)
    assert only.request() == f'"{KEY_IS}"'
