"""What a message is about, by plain patterns: the occasions that a voice has lines for.

The table is `intents.toml`; the first that matches wins.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_PATTERNS = [
    (occasion["name"], re.compile("|".join(occasion["patterns"]), re.IGNORECASE))
    for occasion in tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    )["occasions"]
]
_GREETING = re.compile(
    r"^\W*(hi|hello|hey|good (morning|evening|afternoon|day)|greetings|yo|hiya|안녕\w*"
    r"|こんにちは|こんばんは|おはよう\w*)\b",
    re.IGNORECASE,
)
_ACK = re.compile(
    r"^\W*(ok(ay)?|yes|yeah|yep|no|nope|sure|right|i see|fine|hm+|mm+|cool|nice|alright"
    r"|all right|true|maybe|got it|good|great|네|응|はい|うん)\b[\w ,.'!]{0,20}$",
    re.IGNORECASE,
)
_SHORT = 5


def intent_of(said: str) -> str:
    """The occasion of a message, "unknown" if no pattern fits."""
    text = said.replace("’", "'")
    short = len(text.split()) <= _SHORT
    found = next((name for name, pattern in _PATTERNS if pattern.search(text)), "")
    if found:
        return "family" if found == "family_call" else found
    if _GREETING.search(text) and short:
        return "greeting"
    return "ack" if _ACK.match(text) or not text.strip() else "unknown"
