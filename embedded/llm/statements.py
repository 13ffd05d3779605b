"""Cuts a message into statements that may be worth keeping, each a literal part of it.

Leaves out questions, hypotheticals, jokes marked as such, quotations of somebody else,
acted gestures and doubts. What kind of statement is left is for the rules to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^.!?。！？\n…]+(?:\.(?=\w)[^.!?。！？\n…]+)*[.!?。！？…]*")
_CLAUSE = re.compile(
    r",?\s+(?:and|but|so|because)\s+(?=(?:i|i['’]m|i['’]ve|please)\b)"
    r"|,?\s+(?:and|but)\s+(?=my [\w' ]{1,30}?\b(?:is|are|was|has|had|just|died|got|lives"
    r"|works|will|were)\b)"
    r"|;\s+|\s+[–—]\s+|,\s+(?=(?:i|i['’]m|please|but i|so i)\b)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^[^\w/]*(?:(?:hi|hello|hey|oh|well|so|and|but|yes|yeah|no|ok|okay|also|actually"
    r"|honestly|anyway|btw|by the way|you know|to be honest|i mean|thanks|thank you"
    r"|look|listen|sorry|right|hm+|um+|uh|as you know|in fact|for the record)\b[ ,!.:]+)*",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？]\s*$")
_HYPOTHETICAL = re.compile(
    r"^(?:if|imagine|suppose|supposing|what if|pretend|let['’]?s (?:say|pretend)|say i"
    r"|were i|had i|assume|in theory)\b|\bif i (?:were|liked|loved|hated|had|was|could"
    r"|did|lived|worked)\b|^i wish\b|\bhypothetical\w*|^i would (?:have|love|like|be)\b.*"
    r"\bif\b|^i['’]d (?:have|love|like|be)\b.*\bif\b|만약|もし",
    re.IGNORECASE,
)
_JOKE = re.compile(
    r"\b(?:just kidding|kidding|jk|joking|just a joke|as a joke|lol|lmao|haha\w*)\b"
    r"|(?:^|\s)/s\b|[😂🤣]|;-?\)|농담|ㅋㅋ|冗談",
    re.IGNORECASE,
)
_SOMEBODY_ELSE = re.compile(
    r"^(?:he|she|they|someone|somebody|people|everyone|my [\w' ]{1,30}?|the [\w' ]{1,30}?"
    r"|[A-Z]\w+) (?:always |once |just )?(?:said|says|say|told|tells|thinks|thought"
    r"|claims|claimed|wrote|asked|goes)\b|^(?:as|like) .{1,40} (?:says|said|goes)\b"
    r"|^according to\b|^(?:in )?the (?:song|film|book|lyrics?)\b|^quote\b",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    r"^(?:as|like) .{1,40} (?:says|said|goes|wrote|sang)\b|^according to\b"
    r"|^in the (?:words|song|film|book)\b",
    re.IGNORECASE,
)
_QUOTED_SELF = re.compile(
    r"[\"“«「『][^\"”»」』]*\b(?:i|my|i['’]m)\b[^\"”»」』]*[\"”»」』]", re.IGNORECASE
)
_QUOTED_CJK = re.compile(r"[「『“\"][^」』”\"]+[」』”\"]\s*(?:라고|と(?:言|い)|って)")
_DOUBT = re.compile(
    r"^i (?:don['’]?t|do not) know\b|^i['’]?(?:m| am) not sure\b|\bnot sure (?:if|whether)\b"
    r"|^i never said\b|^i (?:didn['’]?t|did not) say\b|^it['’]?s not (?:that|true|like)\b"
    r"|^it is not (?:that|true|like)\b|^not that\b|^i doubt\b|^i (?:don['’]?t|do not) think i\b"
    r"|^i['’]?(?:m| am) not saying\b|^(?:maybe|perhaps) i\b|^no idea\b|^i might\b"
    r"|일지도|かもしれ",
    re.IGNORECASE,
)
_GESTURE = re.compile(r"\*[^*\n]+\*|</?\w{1,20}>")


@dataclass(frozen=True)
class Statement:
    """`text` is a literal part of the message; `asks`: it ends as a question."""

    text: str
    asks: bool = False
    doubts: bool = False


def statements(message: str) -> list[Statement]:
    """The candidate statements of a message, in order."""
    plain = _GESTURE.sub(lambda match: "\n" * len(match[0]), message)
    found: list[list[Statement]] = []
    for match in _SENTENCE.finditer(plain):
        sentence = match[0].strip()
        if _JOKE.search(sentence):
            if len(sentence.split()) <= 4 and found:
                found.pop()  # "Just kidding." takes back what stands before it
            continue
        found.append(list(_of_sentence(sentence)))
    return [statement for group in found for statement in group]


def _of_sentence(sentence: str) -> Iterator[Statement]:
    if _QUOTED_SELF.search(sentence) or _QUOTED_CJK.search(sentence):
        return
    asks = bool(_QUESTION.search(sentence))
    whole = _LEAD.sub("", sentence, count=1)
    if _HYPOTHETICAL.search(whole) or _ATTRIBUTED.search(whole):
        return
    for part in _CLAUSE.split(whole):
        text = _LEAD.sub("", part or "", count=1).strip().strip('"“”«»').rstrip(",;: ")
        if len(text) < 4 or _SOMEBODY_ELSE.search(text) or _HYPOTHETICAL.search(text):
            continue
        yield Statement(text, asks, bool(_DOUBT.search(text)))
