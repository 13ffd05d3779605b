"""Reads a chat prompt: who the model is to be, what was said, which notes it was given.

Notes are data. One that carries an instruction or a marker of its own is dropped, and
a block without its header line is the person's own text, not memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded.llm.wire import ChatMessage

UNSTATED = 0.7  # what a note without a confidence counts
_NAME = re.compile(
    r"\AYou are (?P<name>[^\n]{1,80}?)"
    r"(?:, tutor of the course \"(?P<course>[^\"\n]+)\")?\.(?=\s|$)"
)
_BLOCK = re.compile(
    r"\A<memory>\nNotes from earlier conversations[^\n]*\n(?P<notes>.*?)\n?</memory>\s*",
    re.DOTALL,
)
# A summary of what was said stands before the oldest message: it is nobody's words.
_EARLIER = re.compile(r"\A<earlier>\n.*?\n?</earlier>\s*", re.DOTALL)
_NOTE = re.compile(
    r"^\[(?P<marker>m\d+)\] (?P<type>\w+)(?:, confidence (?P<confidence>[\d.]+))?: "
    r"(?P<content>.+)$",
    re.MULTILINE,
)
MARKER = re.compile(r"\s*\[m\d+\]", re.IGNORECASE)
# What the person writes may hold labels too, as they came or made harmless.
_LABEL = re.compile(r"\s*[\[(]\s*m\d+(?:\s*[,;]\s*m\d+)*\s*[\])]", re.IGNORECASE)
_GO_ON = re.compile(r"\AGo on with your last message\b")
_INSTRUCTION = re.compile(
    r"\b(ignore|disregard|override)\b.*\b(instruction|rule|prompt|note|marker)s?\b"
    r"|\bsystem (prompt|message)\b|\[m\d+\]|\byou (must|are now)\b"
    r"|\b(always|never) (mark|write|cite|answer|reply)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Note:
    """One injected memory: its marker ("m1"), type, confidence (0..1) and sentence."""

    marker: str
    type: str
    confidence: float
    content: str


@dataclass(frozen=True)
class Prompt:
    """What a reply depends on. `injected` has every marker, also of dropped notes.

    `so_far` is the beginning of the reply that is to be gone on with, if any.
    """

    name: str
    course: str | None
    said: str
    notes: tuple[Note, ...] = ()
    injected: tuple[str, ...] = ()
    past_said: tuple[str, ...] = ()
    past_replies: tuple[str, ...] = ()
    seed: int = 0
    so_far: str = ""
    system: str = ""


def read_prompt(messages: tuple[ChatMessage, ...], seed: int = 0) -> Prompt:
    """Take a request's messages apart; never fails, an unknown shape is just text."""
    messages, so_far = _going_on(messages)
    system = next((m.content for m in messages if m.role in _SYSTEM), "")
    user = [_EARLIER.sub("", m.content) for m in messages if m.role == "user"]
    last = user[-1] if user else ""
    block = _BLOCK.match(last)
    found = _notes(block["notes"]) if block else ()
    who = _NAME.match(system)
    return Prompt(
        name=who["name"] if who else "",
        course=who["course"] if who else None,
        said=_LABEL.sub("", last[block.end() :] if block else last).strip(),
        notes=tuple(note for note in found if not _INSTRUCTION.search(note.content)),
        injected=tuple(note.marker for note in found),
        past_said=tuple(user[:-1]),
        past_replies=tuple(m.content for m in messages if m.role == "assistant"),
        seed=seed,
        so_far=so_far,
        system=system,
    )


def _going_on(
    messages: tuple[ChatMessage, ...],
) -> tuple[tuple[ChatMessage, ...], str]:
    """The messages before a reply that is to be gone on with, and that reply."""
    if len(messages) < 3 or not _GO_ON.match(messages[-1].content):
        return messages, ""
    if messages[-1].role != "user" or messages[-2].role != "assistant":
        return messages, ""
    return messages[:-2], messages[-2].content


_SYSTEM = {"system", "developer"}


def _notes(text: str) -> tuple[Note, ...]:
    found = []
    for match in _NOTE.finditer(text):
        try:
            confidence = float(match["confidence"] or UNSTATED)
        except ValueError:
            continue
        content = match["content"].strip()
        found.append(Note(match["marker"], match["type"], confidence, content))
    return tuple(found)
