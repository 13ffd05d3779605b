"""Turns "I love rainy jazz playlists" into "User loves rainy jazz playlists."

English only. Keeps the speaker's words; subject, first verb and pronouns change.
"""

from __future__ import annotations

import re

from embedded.llm.words import word_list

_STARTS: tuple[tuple[str, str], ...] = (
    (r"i['’]?m not\b", "is not"),
    (r"i am\b|i['’]m\b|im\b", "is"),
    (r"i['’]ve\b|i have(?= (been|got|had|never|always|just|already)\b)", "has"),
    (r"i['’]d better\b", "had better"),
    (r"i['’]d\b", "would"),
    (r"i['’]ll\b", "will"),
    (r"i (?:don['’]?t|do not)\b", "does not"),
    (r"i (?:haven['’]?t|have not)\b", "has not"),
    (r"i (?:can['’]?t|cannot)\b", "cannot"),
    (r"i (?:won['’]?t)\b", "will not"),
    (r"i (?:didn['’]?t)\b", "did not"),
    (r"i (?:wasn['’]?t)\b", "was not"),
)
_ADVERBS = word_list("adverbs")
_UNCHANGED = word_list("unchanged")
_IRREGULAR = {"have": "has", "do": "does", "go": "goes", "am": "is", "are": "is"}
_NOT_PAST = {"need", "feed", "bleed", "breed", "proceed", "succeed"}
_INSIDE: tuple[tuple[str, str], ...] = (
    (r"\bi['’]m\b|\bi am\b", "they are"),
    (r"\bi['’]ve\b", "they have"),
    (r"\bi['’]d\b", "they would"),
    (r"\bi['’]ll\b", "they will"),
    (r"\bi was\b", "they were"),
    (r"\bi\b", "they"),
    (r"\bmy\b|\bour\b", "their"),
    (r"\bmine\b|\bours\b", "theirs"),
    (r"\bmyself\b|\bourselves\b", "themselves"),
    (r"\bme\b|\bus\b", "them"),
    (r"\bwe['’]re\b", "they are"),
    (r"\bwe\b", "they"),
)


def third_person(clause: str, subject: str, other: str) -> str:
    """The clause said about `subject`; `other` is whom the speaker calls "you"."""
    text = clause.strip().rstrip(".!,;: ")
    own = re.match(r"(?:my|our) ", text, re.IGNORECASE)
    if own:
        text = f"{subject}'s {inside(text[own.end() :], other)}"
        return f"{text}."
    for pattern, verb in _STARTS:
        match = re.match(pattern, text, re.IGNORECASE)
        if match:
            return f"{subject} {verb}{inside(text[match.end() :], other)}."
    match = re.match(r"(?:i|we) ", text, re.IGNORECASE)
    if not match:
        return f"{inside(text[:1].upper() + text[1:], other)}."
    words = text[match.end() :].split(" ")
    at = 0
    while at < len(words) - 1 and words[at].lower() in _ADVERBS:
        at += 1
    words[at] = _with_s(words[at])
    return f"{subject} {inside(' '.join(words), other)}."


def inside(text: str, other: str) -> str:
    """Pronouns of the speaker and of the one spoken to, within a sentence."""
    for pattern, word in _INSIDE:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    text = re.sub(r"\byour\b", f"{other}'s", text, flags=re.IGNORECASE)
    return re.sub(r"\byou\b", other, text, flags=re.IGNORECASE)


def _with_s(verb: str) -> str:
    low = verb.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    past = low.endswith("ed") and low not in _NOT_PAST
    if low in _UNCHANGED or past or not low.isalpha():
        return verb
    if re.search(r"(ss|sh|ch|x|zz|o)$", low):
        return verb + "es"
    if re.search(r"[^aeiou]y$", low):
        return verb[:-1] + "ies"
    return verb + "s"
