"""What a tutor's reply should be, as far as that can be counted: no judge, no score.

Used where a reply is held back anyway: one that claims what did not happen is written
again. The others are for tests and for comparing models.
"""

from __future__ import annotations

import re

MOST_WORDS = 120
_CLAIMS = re.compile(
    r"\bI(?:'ve| have|'ll| will)?(?: just| now| also)? "
    r"(?:saved?|stored?|updated?|scheduled?|noted?(?: down)?|recorded?|add(?:ed)?"
    r"|set)\b[^.!?\n]{0,60}\b(?:notes?|memory|progress|profile|plan|review|reminder"
    r"|follow-?up|schedule|calendar|record|mastery)\b"
    r"|\b(?:is|are|has been|have been) (?:now )?(?:saved|stored|scheduled|updated)\b",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:^|[.!?:;,]\s+|\n)(?:now |then |first |so |and )?"
    r"(?:try|look|think|write|count|draw|compare|check|tell|say|show|take|find|name"
    r"|start|begin|explain|hold|describe|work|add|put|imagine|read|list)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b(?:great|excellent|perfect|well done|good job|exactly|correct|awesome"
    r"|that'?s right|you'?re right|nice work|spot on)\b",
    re.IGNORECASE,
)
_BUT = re.compile(
    r"\b(?:but|however|although|not quite|yet|except|still|almost|nearly)\b",
    re.IGNORECASE,
)


def claims_a_write(text: str) -> bool:
    """Whether it says that something was saved or scheduled, which no reply can do."""
    return _CLAIMS.search(text) is not None


def asks(text: str) -> bool:
    """Whether there is something for the learner to do: a question or an imperative."""
    return "?" in text or _IMPERATIVE.search(text) is not None


def praises_without_correction(text: str) -> bool:
    """Whether a reply to a wrong answer praises it and takes nothing back."""
    return _PRAISE.search(text) is not None and _BUT.search(text) is None


def is_too_long(text: str) -> bool:
    """More words, or more questions, than one turn of a lesson bears."""
    return len(text.split()) > MOST_WORDS or text.count("?") > 1
