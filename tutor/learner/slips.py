"""What is no belief although it is wrong: a guess, a bare answer, a slip taken back.

Models take hedging for error, so an error counts as stated only where the learner says
something of the matter, not where they offer a number or ask whether it is right.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_noop

from memory.words import tokens

LEAST_WORDS = 3
"""Words that are no numbers, below which nothing was said of the matter."""

_GUESS = re.compile(
    r"\b(?:i(?:'m| am)? guess(?:ing)?|just a guess|wild guess|guessed|no idea|not (?:really )?sure"
    r"|i don'?t know|idk|dunno|maybe|perhaps|could it be|might be|is it)\b"
    r"|たぶん|多分|わからない|아마|모르겠|글쎄|也许|大概|不知道",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:oops|whoops|my bad|typo|i meant|i mean(?:t)?|wait,? no|no wait|sorry,? i"
    r"|miscalculated|misread|slipped|forgot (?:to|the)|careless)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d./:%^*+=-]+")


def slip(quote: str, text: str) -> str:
    """Why these words of a message prove no belief, or "" when they may."""
    said = [word for word in tokens(quote) if not _NUMBER.fullmatch(word)]
    if len(said) < LEAST_WORDS and quote.isascii():
        return gettext_noop("An answer by itself is no belief.")
    if _GUESS.search(quote):
        return gettext_noop("It was offered as a guess.")
    if _TAKEN_BACK.search(text):
        return gettext_noop("It was a slip, taken back at once.")
    return ""
