"""Turns "User likes rainy jazz playlists." into "you like rainy jazz playlists".

Keeps the memory's own words: only the subject, its verbs and its pronouns change.
"""

from __future__ import annotations

import re

_SUBJECT = re.compile(
    r"^(?:the )?(?:user|learner|person)\b(?P<own>['’]s)?\s*", re.IGNORECASE
)
_ADVERBS = {
    "also", "always", "currently", "first", "just", "mostly", "never", "now", "often",
    "only", "really", "recently", "sometimes", "still", "usually",
}  # fmt: skip
_IRREGULAR = {
    "is": "are", "was": "were", "has": "have", "does": "do", "goes": "go",
    "doesn't": "don't", "isn't": "aren't", "wasn't": "weren't", "hasn't": "haven't",
}  # fmt: skip
# Present forms that end in s after "and" or "but" are verbs only if they are known.
_VERBS = {
    "confuses", "dislikes", "drinks", "eats", "enjoys", "feels", "finds", "forgets",
    "gets", "hates", "is", "has", "does", "keeps", "knows", "likes", "lives", "loves",
    "misses", "needs", "plays", "prefers", "reads", "sleeps", "struggles", "studies",
    "teaches", "thinks", "understands", "wants", "was", "works", "writes",
}  # fmt: skip
_NOT_CONJUGATED = {"always", "perhaps", "yes", "this", "as", "us", "its", "less"}
_PRONOUNS = [
    (re.compile(r"\bthey are\b|\bthey['’]re\b", re.IGNORECASE), "you are"),
    (
        re.compile(r"\b(themselves|themself|himself|herself)\b", re.IGNORECASE),
        "yourself",
    ),
    (re.compile(r"\btheirs\b", re.IGNORECASE), "yours"),
    (re.compile(r"\btheir\b", re.IGNORECASE), "your"),
    (re.compile(r"\b(they|them)\b", re.IGNORECASE), "you"),
]


def second_person(content: str) -> str | None:
    """The clause to say to the person, without a full stop.

    None if the sentence is not about "User" or "Learner": it is better quoted then.
    """
    text = content.strip().rstrip(".!。 ")
    subject = _SUBJECT.match(text)
    if not subject:
        return None
    rest = text[subject.end() :]
    if subject["own"]:
        return "your " + _pronouns(rest)
    words = rest.split(" ")
    at = 0
    while at < len(words) - 1 and words[at].lower() in _ADVERBS:
        at += 1
    words[at] = _plain_form(words[at])
    for place in range(at + 1, len(words) - 1):
        if words[place] in {"and", "but"}:
            verb = place + 1 + (words[place + 1] in _ADVERBS)
            if verb < len(words) and words[verb] in _VERBS:
                words[verb] = _plain_form(words[verb])
    return "you " + _pronouns(" ".join(words))


def _plain_form(verb: str) -> str:
    low = verb.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if not low.endswith("s") or low.endswith("ss") or low in _NOT_CONJUGATED:
        return verb
    if low.endswith("ies") and len(low) > 4:
        return verb[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|zz|o)es$", low):
        return verb[:-2]
    return verb[:-1]


def _pronouns(text: str) -> str:
    for pattern, other in _PRONOUNS:
        text = pattern.sub(other, text)
    return text
