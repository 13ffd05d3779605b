"""The four deadlines of one streamed reply.

A read time-out of the HTTP library cannot hold them: heartbeats keep a connection
lively without a word being said, and none of its limits spans a whole reply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from memory.errors import ModelTimeout

Phase = Literal["connect", "first_token", "between_tokens", "total"]

USAGE_GRACE = 2.0
"""Seconds to wait, after the reply's end, for token counts and the stream's end."""

USER_MESSAGES: dict[Phase, str] = {
    "connect": "The model cannot be reached right now. Try again in a moment.",
    "first_token": (
        "The model did not start answering in time. Try again in a moment."
    ),
    "between_tokens": (
        "The model stopped in the middle of its answer. "
        "Continue or regenerate the reply."
    ),
    "total": (
        "The answer took too long and was ended. Continue or regenerate the reply."
    ),
}


@dataclass(frozen=True)
class ModelTimeouts:
    """Seconds: to connect, to the first token, between tokens, for all of it."""

    connect: float = 2.0
    first_token: float = 20.0
    between_tokens: float = 15.0
    total: float = 180.0


class Watchdog:
    """Says until when to wait next. `clock` is the event loop's, in seconds."""

    def __init__(self, timeouts: ModelTimeouts, clock: Callable[[], float]) -> None:
        self._timeouts = timeouts
        self._clock = clock
        self._started = clock()
        self._limit = self._started + timeouts.first_token
        self._phase: Phase = "first_token"

    @property
    def next_limit(self) -> float:
        """The moment, on `clock`, at which waiting has to end."""
        return min(self._limit, self._started + self._timeouts.total)

    def progress(self) -> None:
        """The model has said something, and whoever reads it is ready for more."""
        self._limit = self._clock() + self._timeouts.between_tokens
        self._phase = "between_tokens"

    def ending(self) -> None:
        """The reply is complete; only the end of the stream is missing."""
        self._limit = min(self.next_limit, self._clock() + USAGE_GRACE)

    def expired(self, call: str) -> ModelTimeout:
        """The error for having waited until `next_limit`."""
        total = self._started + self._timeouts.total <= self._limit
        return timed_out(call, "total" if total else self._phase, self._timeouts)


def timed_out(call: str, phase: Phase, timeouts: ModelTimeouts) -> ModelTimeout:
    """`ModelTimeout` for `phase`, in words for both of its readers."""
    seconds = getattr(timeouts, phase)
    return ModelTimeout(
        f"{call}: {phase} took longer than {seconds:g} s",
        phase=phase,
        user_message=USER_MESSAGES[phase],
    )
