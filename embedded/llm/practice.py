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
    "What would have to be so for that to be right?",
    "How could you check it on a smaller case?",
)


_INSISTS = re.compile(
    r"\b(?:mark|grade|count) (?:this|it|that|me) (?:as )?(?:correct|right)\b"
    r"|\bmy notes say\b|\b(?:say|tell me) (?:that )?i(?:'m| am) wrong\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:come back|go back|review|repeat|again)\b.*\b(?:tomorrow|next|later|weekend"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


@dataclass
class Practice:
    """What the system message says of the question on the card."""

    state: str
    hints: list[str] = field(default_factory=list)
    answered: str = ""
    graded: str = ""
    true: str = ""
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
    true = _TRUE.search(system)
    concept, way = _CONCEPT.search(system), _WAY.search(system)
    asked = _ASKED.search(system)
    return Practice(
        state=card["state"],
        hints=[json.loads(text) for text in _HINT.findall(system)],
        answered=json.loads(answered[1]) if answered else "",
        graded=answered[2] if answered else "",
        true=true["true"].strip() if true else "",
        concept=concept["title"] if concept else "",
        explained=concept["text"] if concept else "",
        way=way["way"] if way else "",
        held=[json.loads(text) for text in _HELD.findall(system)],
        asked=int(asked[1]) if asked else 0,
        reminded=bool(_REMINDED.search(system)),
    )


def aside(prompt: Prompt) -> Reply | None:
    """To a word about the lesson itself; None for everything else."""
    said = prompt.said.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if _INSISTS.search(said):
        text = "It is the card that compares answers. How did you get to yours?"
    elif _LATER.search(said):
        text = "Gladly: a night in between is worth more than ten tries today."
    else:
        return None
    return Reply(text, text)


def practise(prompt: Prompt, at: Practice) -> Reply:
    """What the tutor says next about that question."""
    note = _held_before(prompt, at)
    before = f"{_remembered(note)}\n\n" if note else ""
    text = before + _said(prompt, at)
    return Reply(text, MARKER.sub("", text), (note,) if note else ())


def _said(prompt: Prompt, at: Practice) -> str:
    """Nothing that stands on the card already is said again."""
    if at.state != "open":
        return _closing(prompt, at)
    # Not the same question twice running.
    turn = number_from(prompt.said) + prompt.seed + len(prompt.past_replies)
    ask = _STEP[turn % len(_STEP)]
    if at.reminded:
        return f"Let us stay with how you got there. {ask}"
    if at.graded == "wrong":
        thought = f"You wrote “{at.answered}”."
        if at.true:
            return f"{thought} Many people think so at first. {ask}"
        return (
            f"{thought} The card has a hint for you. {ask}"
            if at.hints
            else (f"{thought} {ask}")
        )
    if at.asked > 1:
        return "It is yours at the next request. Is there one step that you can do now?"
    if at.asked:
        step = "the hint on the card" if at.hints else "your own first thought"
        return f"One step before that: {step}. What does it let you say?"
    if at.way:
        return (
            f"Then another way: {at.way}. What is the smallest thing in the question"
            " that you are sure of?"
        )
    if at.hints:
        return "Start from the hint on the card. What does it let you say?"
    first = _idea(prompt, at) or "Let us look at it together"
    return f"{first}. What does that tell you about the question on the card?"


def _closing(prompt: Prompt, at: Practice) -> str:
    """A word on what was solved or shown, and one sentence of the idea behind it."""
    if at.graded == "right":
        word = "There you are, with a little help." if at.hints else "Just so."
    else:
        word = "No harm done."
    idea = _idea(prompt, at)
    return f"{word} {idea}." if idea else word


def _idea(prompt: Prompt, at: Practice) -> str:
    """A sentence of the concept's explanation, one that was not said yet if there is."""
    ideas = [idea for idea in at.explained.rstrip(".").split(". ") if idea]
    unsaid = [i for i in ideas if not any(i in past for past in prompt.past_replies)]
    some = unsaid or ideas
    return some[number_from(prompt.said) % len(some)] if some else ""


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
