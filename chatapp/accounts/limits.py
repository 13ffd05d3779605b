"""What one person may use, and the words when it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from chatapp.accounts.models import User

Kind = Literal["switched_off", "disabled", "turns", "tokens", "streams"]


class CapReached(Exception):
    """No further turn now.

    `kind` is the cap; `message` tells the person what happened and when to try again;
    `retry_after_s` is in seconds, None when time alone does not help.
    """

    def __init__(
        self, kind: Kind, message: str, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Limits:
    """One person's caps."""

    turns_per_minute: int
    tokens_per_day: int
    streams_at_once: int
    guest: bool

    @classmethod
    def of(cls, user: User) -> Limits:
        """The caps of `user`: a guest has less than somebody who signed up."""
        if user.is_guest:
            return cls(
                settings.GUEST_TURNS_PER_MINUTE,
                settings.GUEST_TOKENS_PER_DAY,
                settings.GUEST_STREAMS_AT_ONCE,
                guest=True,
            )
        return cls(
            settings.TURNS_PER_MINUTE,
            settings.TOKENS_PER_DAY,
            settings.STREAMS_AT_ONCE,
            guest=False,
        )


def message(
    kind: Kind,
    limits: Limits | None = None,
    *,
    text: str = "",
    wait_s: float = 0,
    last: bool = False,
) -> str:
    """What a person reads when a cap is reached: what happened, what to do."""
    if kind == "switched_off":
        return text or (
            "Replies are switched off at the moment. "
            "Your conversations are safe; please try again later."
        )
    if kind == "disabled" or limits is None:
        return "This account is disabled. Please write to the people who run this site."
    if kind == "tokens":
        return (
            "You have used today's allowance of about "
            f"{limits.tokens_per_day:,} tokens. It refills at 00:00 UTC."
            + (" Sign up for more." if limits.guest else "")
        )
    if kind == "streams":
        if last:
            return (
                "The reply that is being written may use up today's allowance. "
                "Wait until it is finished, then try again."
            )
        count = limits.streams_at_once
        being_written = "reply is" if count == 1 else "replies are"
        return (
            f"{count} {being_written} already being written for you. "
            "Wait for one to finish or stop it, then try again."
            + (" Sign up to have more at once." if limits.guest else "")
        )
    seconds = max(1, round(wait_s))
    return (
        f"That was more than {limits.turns_per_minute} messages in a minute. "
        f"Try again in {seconds} second{'s' if seconds > 1 else ''}."
        + (" Sign up for more." if limits.guest else "")
    )
