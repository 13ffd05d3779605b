"""What a learner asks for in plain words: the answer, a hint, or that they are stuck.

Exact and few: what is not surely a request is just talk, and moves nothing.
"""

from __future__ import annotations

import re

from tutor.content.readable import gives_up
from tutor.models.lesson import MoveKind

_ANSWER = re.compile(
    r"\b(?:show|tell|give)(?: me)?(?: just)? (?:the |an? )?(?:right |correct |full )?"
    r"(?:answer|solution)s?\b"
    r"|\b(?:just|please) (?:tell|show) me\b(?! (?:how|why|what|about|more))"
    r"|\bwhat(?:'s| is) the (?:right |correct )?(?:answer|solution)\b"
    r"|\b(?:solve|do) it for me\b"
    r"|정답.{0,6}(?:알려|보여|뭐)|답을? (?:알려|보여)|答えを?(?:教え|見せ)",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"\b(?:a|another|one more|next|need|want) hint\b|^\W*hint\W*$"
    r"|힌트|ヒント",
    re.IGNORECASE,
)
_STUCK = re.compile(
    r"\bi(?:'?m| am) (?:stuck|lost)\b|\bi (?:really |still )?(?:do not|don'?t)"
    r" (?:know|get it|understand)\b|\bno (?:idea|clue)\b|\bi give up\b"
    r"|모르겠|わからない|分からない",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:do not|don'?t|never|without)\b[^.!?]{0,20}\b(?:show|tell|giv)", re.IGNORECASE
)
LONGEST = 200
"""A longer message says more than a request, and is talk."""


def request_in(text: str) -> MoveKind | None:
    """What the message asks for, if that is all it does."""
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip()
    if len(plain) > LONGEST:
        return None
    if _ANSWER.search(plain) and not _NOT.search(plain):
        return MoveKind.ASKED
    if _HINT.search(plain):
        return MoveKind.HINT
    if _STUCK.search(plain) or gives_up(plain) and len(plain) > 12:
        return MoveKind.STUCK
    return None
