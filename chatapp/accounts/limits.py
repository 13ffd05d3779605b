"""What one person may use, and the words when it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext, ngettext

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
        return text or gettext(
            "Replies are switched off at the moment. "
            "Your conversations are safe; please try again later."
        )
    if kind == "disabled" or limits is None:
        return gettext(
            "This account is disabled. Please write to the people who run this site."
        )
    if kind == "tokens":
        said = gettext(
            "You have used today's allowance of about %(n)s tokens. "
            "It refills at 00:00 UTC."
        ) % {"n": f"{limits.tokens_per_day:,}"}
        return _with_more(said, limits)
    if kind == "streams":
        if last:
            return gettext(
                "The reply that is being written may use up today's allowance. "
                "Wait until it is finished, then try again."
            )
        count = limits.streams_at_once
        said = ngettext(
            "%(n)s reply is already being written for you. "
            "Wait for one to finish or stop it, then try again.",
            "%(n)s replies are already being written for you. "
            "Wait for one to finish or stop it, then try again.",
            count,
        ) % {"n": count}
        more = gettext("Sign up to have more at once.")
        return f"{said} {more}" if limits.guest else said
    seconds = max(1, round(wait_s))
    said = ngettext(
        "That was more than %(most)s messages in a minute. Try again in %(n)s second.",
        "That was more than %(most)s messages in a minute. Try again in %(n)s seconds.",
        seconds,
    ) % {"most": limits.turns_per_minute, "n": seconds}
    return _with_more(said, limits)


def _with_more(said: str, limits: Limits) -> str:
    """A guest may have more by signing up."""
    return f"{said} {gettext('Sign up for more.')}" if limits.guest else said
