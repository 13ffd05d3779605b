"""What every grader shares: a finding, and texts that are no attempt at an answer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST = 2000
"""Characters; what is asked for here is a number, a word or an order of a few lines."""

_INSTRUCTION = re.compile(
    r"\b(?:mark|grade|count|accept|score|treat) (?:this|it|that|me|my answer|the answer)"
    r"(?: answer)? (?:as|to be) (?:correct|right|true|solved|mastered|passed)\b"
    r"|\b(?:ignore|disregard|forget|override) (?:all |any |the |your |my )*"
    r"(?:previous|above|earlier|instructions?|rules?|rubric|answer key)\b"
    r"|\b(?:system prompt|you are now|as an ai|answer key)\b"
    r"|\b(?:i am|i'm) (?:your|the) (?:teacher|admin|developer)\b",
    re.IGNORECASE,
)
_GIVES_UP = re.compile(
    r"\W*(?:(?:i )?(?:do not|don'?t|dunno|can'?t|cannot)(?: \w+){0,3}|idk|no (?:idea|clue)"
    r"|pass|skip|help|help me|hint|not sure|i give up|show (?:me )?(?:the )?answer"
    r"|\?+|\.+|ok(?:ay)?|yes|no|thanks?|hi|hello)\W*",
    re.IGNORECASE,
)


class Unreadable(Exception):
    """The text is no answer to this kind of item; the message is for the learner."""


@dataclass(frozen=True)
class Finding:
    """What a grader found, before it becomes a verdict."""

    right: bool
    normalised: str
    misconception: str | None = None
    why: str = ""


def not_an_attempt(answer: str) -> None:
    """Raise `Unreadable` for what can be no answer to any item."""
    if not answer.strip():
        raise Unreadable(_("There is no answer yet."))
    if len(answer) > LONGEST:
        raise Unreadable(
            _("That is too long to be graded: give the answer alone, in a few words.")
        )
    if _INSTRUCTION.search(_folded(answer)):
        raise Unreadable(
            _("Answers are graded by comparing them, so only an answer counts here.")
        )


def gives_up(answer: str) -> bool:
    """Whether somebody says that they have no answer."""
    return _GIVES_UP.fullmatch(_folded(answer)) is not None


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace(
        "\N{RIGHT SINGLE QUOTATION MARK}", "'"
    )
    return re.sub(r"\s+", " ", text)
