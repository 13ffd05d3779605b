"""Time in text: whether a query asks when, whether a statement says when, and dates.

A question that asks when is answered by a statement that names a time ("yesterday",
"last June"), of which there are few.
"""

from __future__ import annotations

import re
from datetime import datetime

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
ASKS_WHEN = re.compile(
    r"\b(?:when|how (?:long|soon|recently)|(?:what|which) (?:date|day|month|year|time))\b"
    "|언제|몇\\s*(?:년|월|일|시)|며칠|いつ|何(?:年|月|日|時)|什么时候|几(?:月|号|点)|哪(?:天|年|月)"
)
SAYS_WHEN = re.compile(
    r"\b(?:yesterday|tonight|tomorrow|ago|last|next|recently|weekends?"
    r"|this (?:week|month|year|morning|past)|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    rf"|{'|'.join(MONTHS[:4] + MONTHS[5:])}|summer|winter|spring|(?:19|20)\d\d)\b"
    "|어제|그저께|오늘|내일|모레|지난|다음|작년|내년|올해|요일|주말|\\d\\s*(?:년|월|일)"
    "|昨日|一昨日|今日|明日|先週|来週|今週|先月|来月|今月|去年|来年|今年|曜日|週末|\\d(?:年|月|日)"
    "|昨天|前天|今天|明天|上周|下周|上个月|下个月|明年|周末|星期"
)
# The month and not the verb: beside a number, or behind a word that goes with time.
MAY = re.compile(
    r"(?<=\b(?:in|on|of|by) )may\b|(?<=\b(?:last|next|this|late|from) )may\b"
    r"|(?<=\b(?:since|until|early) )may\b|(?<=\d )may\b|\bmay(?=,? \d)"
)
MAY_WORD = "maytime"


def asks_when(plain: str) -> bool:
    """Whether a lower-case query asks for a time."""
    return ASKS_WHEN.search(plain) is not None


def says_when(plain: str) -> bool:
    """Whether a lower-case statement names a time."""
    return SAYS_WHEN.search(plain) is not None


def with_may(plain: str) -> str:
    """The lower-case text with the month of May told apart from the verb."""
    return MAY.sub(MAY_WORD, plain) if "may" in plain else plain


def date_words(occurred_at: str) -> list[str]:
    """Month and year of an ISO 8601 date, as people say them; none if it is no date."""
    try:
        day = datetime.fromisoformat(occurred_at.strip())
    except ValueError:
        return []
    month = MONTHS[day.month - 1]
    return [MAY_WORD if month == "may" else month, str(day.year)]
