"""What a tutor's reply should be, as far as that can be counted: no judge, no score.

A reply that claims what did not happen is written again where it is held back anyway,
and contradicted on the page where it is not (`remarks.py`). The others are for tests and
for comparing models.
"""

from __future__ import annotations

import re

MOST_WORDS = 120
_CLAIMS = re.compile(
    r"\bI(?:'ve| have|'ll| will|'m| am)?(?: just| now| also| going to)? "
    r"(?:sav(?:ed?|ing)|stor(?:ed?|ing)|updat(?:ed?|ing)|noted?(?: down)?"
    r"|record(?:ed|ing)?|add(?:ed|ing)?|mark(?:ed|ing)?|ma[dk]e|set)\b"
    r"[^.!?\n]{0,60}\b(?:notes?|memory|progress|profile|plan|record|mastery|mastered)\b"
    r"|\b(?:is|are|has been|have been) (?:now )?(?:saved|stored|updated)\b"
    r"|(?:저장|기록|업데이트)(?:했|해 ?[두뒀놨]|해두|됐|되었)"
    r"|(?:保存|記録|更新)し(?:まし|てお)",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\bI(?:'ve| have|'ll| will)?(?: just| now| also)? "
    r"(?:scheduled?|set|add(?:ed)?|put|plan(?:ned)?)\b[^.!?\n]{0,60}"
    r"\b(?:review|reminder|follow-?up|schedule|calendar)\b"
    r"|\bI(?:'ll| will) remind you\b"
    r"|\b(?:is|are|has been|have been) (?:now )?scheduled\b"
    r"|예약(?:했|해 ?[두뒀])|알려 ?드릴게|予約しまし|リマインド",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:^|[.!?:;,\u2013\u2014-]\s+|\n|\")"
    r"(?:now |then |first |so |and |but |just |please |again )*"
    r"(?:try|look|think|write|count|draw|compare|check|tell|say|show|take|find|name"
    r"|start|begin|explain|hold|describe|work|add|put|imagine|read|list|remember|recall"
    r"|consider|focus|multiply|divide|subtract|calculate|solve|use|have (?:a|another)"
    r"|keep in mind|make sure|note that|let(?:'s| us| me)|re-?(?:check|visit|think|read"
    r"|consider|evaluate|calculate))\b"
    r"|\blet(?:'s|\u2019s)\b|\b(?:can|could) you\b"
    r"|\b(?:you|we)(?:'ll|'d)? (?:need|have|might want|may want) to\b|\byou should\b"
    r"|\bremember(?: that)?\b",
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


def claims_a_note(text: str) -> bool:
    """Whether it says that something was saved, which no reply can do."""
    return _CLAIMS.search(text) is not None


def claims_a_date(text: str) -> bool:
    """Whether it says that something was scheduled, which no reply can do."""
    return _PLANS.search(text) is not None


def claims_a_write(text: str) -> bool:
    """Either of the two."""
    return claims_a_note(text) or claims_a_date(text)


def asks(text: str) -> bool:
    """Whether there is something for the learner to do: a question or an imperative."""
    return "?" in text or _IMPERATIVE.search(text) is not None


def praises_without_correction(text: str) -> bool:
    """Whether a reply to a wrong answer praises it and takes nothing back."""
    return _PRAISE.search(text) is not None and _BUT.search(text) is None


def is_too_long(text: str) -> bool:
    """More words, or more questions, than one turn of a lesson bears."""
    return len(text.split()) > MOST_WORDS or text.count("?") > 1
