"""A tutor's reply while a question stands on the card, read from the system message.

It says no verdict that the message does not give, and not the answer: it starts from
what the learner wrote and asks for one step. Told that a draft gave the answer away, it
says less.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from embedded.llm.concepts import words_of
from embedded.llm.converse import SURE, Reply, mark, number_from
from embedded.llm.prompt import MARKER, Note, Prompt
from embedded.llm.second_person import second_person

_QUOTED = r'("(?:[^"\\]|\\.)*")'
_CARD = re.compile(
    rf"^Question on the card \((?P<state>[\w ]+)\): {_QUOTED}", re.MULTILINE
)
_HINT = re.compile(rf"^Hint \d+: {_QUOTED}", re.MULTILINE)
_ANSWERED = re.compile(
    rf"^The learner just answered {_QUOTED}\. The server graded it: (right|wrong)\.",
    re.MULTILINE,
)
_TRUE = re.compile(
    r"fits this misconception: .*? What is true: (?P<true>.+)$", re.MULTILINE
)
_WORKED = re.compile(rf"^Reference: .*? Worked: {_QUOTED}", re.MULTILINE)
_CONCEPT = re.compile(r"^Concept: (?P<title>[^.\n]+)\. (?P<text>.+)$", re.MULTILINE)
_WAY = re.compile(r"Explain it another way: (?P<way>.+)\.$", re.MULTILINE)
_HELD = re.compile(
    rf"^- {_QUOTED}, confidence [\d.]+, (?:active|relapsed)", re.MULTILINE
)
_ASKED = re.compile(r"Requests for the answer: (\d+)\.")
_REMINDED = re.compile(r"^Your draft gave away the answer", re.MULTILINE)
_STEP = (
    "Which step of yours do you trust least?",
    "What did you do first, and why that?",
    "Where in the question did you begin?",
)


@dataclass
class Practice:
    """What the system message says of the question on the card."""

    state: str
    hints: list[str] = field(default_factory=list)
    answered: str = ""
    graded: str = ""
    true: str = ""
    worked: str = ""
    concept: str = ""
    explained: str = ""
    way: str = ""
    held: list[str] = field(default_factory=list)
    asked: int = 0
    reminded: bool = False


def practice_in(system: str) -> Practice | None:
    """The question that the system message tells of, if any."""
    card = _CARD.search(system)
    if card is None:
        return None
    answered = _ANSWERED.search(system)
    true, worked = _TRUE.search(system), _WORKED.search(system)
    concept, way = _CONCEPT.search(system), _WAY.search(system)
    asked = _ASKED.search(system)
    return Practice(
        state=card["state"],
        hints=[json.loads(text) for text in _HINT.findall(system)],
        answered=json.loads(answered[1]) if answered else "",
        graded=answered[2] if answered else "",
        true=true["true"].strip() if true else "",
        worked=json.loads(worked[1]) if worked else "",
        concept=concept["title"] if concept else "",
        explained=concept["text"] if concept else "",
        way=way["way"] if way else "",
        held=[json.loads(text) for text in _HELD.findall(system)],
        asked=int(asked[1]) if asked else 0,
        reminded=bool(_REMINDED.search(system)),
    )


def practise(prompt: Prompt, at: Practice) -> Reply:
    """What the tutor says next about that question."""
    note = _held_before(prompt, at)
    before = f"{_remembered(note)}\n\n" if note else ""
    text = before + _said(prompt, at)
    return Reply(text, MARKER.sub("", text), (note,) if note else ())


def _said(prompt: Prompt, at: Practice) -> str:
    if at.state != "open":
        return f"{at.worked or 'It stands on the card now.'}".strip()
    hint = at.hints[-1] if at.hints else ""
    ask = _STEP[(number_from(prompt.said) + prompt.seed) % len(_STEP)]
    if at.reminded:
        return f"Let us stay with how you got there. {ask}"
    if at.graded == "wrong":
        thought = f"You wrote “{at.answered}”."
        if at.true:
            return f"{thought} Hold that against this: {at.true} {ask}"
        return " ".join(part for part in (thought, hint, ask) if part)
    if at.asked and not hint:
        return f"Try one step first. {ask}"
    if at.asked:
        return f"First one more step: {hint} What do you get from that?"
    if at.way:
        return f"Then another way: {at.way}. {hint} What is the first thing to do?"
    if hint:
        return f"{hint} What do you get from that?"
    first = at.explained.split(". ")[0].rstrip(".")
    return f"{first}. What does that tell you about the question on the card?"


def _held_before(prompt: Prompt, at: Practice) -> Note | None:
    """A note about a misconception that is taken up now, and was not in this lesson."""
    for note in prompt.notes:
        if note.type != "misconception":
            continue
        words = words_of(note.content)
        about = any(len(words & words_of(held)) >= 3 for held in at.held)
        clause = second_person(note.content) or note.content.rstrip(".")
        if about and not any(clause in reply for reply in prompt.past_replies):
            return note
    return None


def _remembered(note: Note) -> str:
    clause = second_person(note.content) or f"“{note.content.rstrip('. ')}”"
    opening = "As I understood you before," if note.confidence >= SURE else "Perhaps"
    return f"{opening} {mark(clause, note)}."
