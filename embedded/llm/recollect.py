"""Which of the injected notes matter to what the person just wrote.

A note is relevant when it shares a word or an everyday concept with the message, or
when the person asks what is remembered. A boundary silences every other note on its
subject. Notes that are not relevant are never mentioned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded.llm.concepts import concepts_of, evening_concepts, words_of
from embedded.llm.prompt import Note, Prompt

_ASKS_MEMORY = re.compile(
    r"\b(do you|can you|you still|did you) (still )?(remember|recall|forget|know about)\b"
    r"|\bwhat (do|did|have) (you|i) (still )?(remember|know|tell|told|say|said)\b"
    r"|\b(remember|know) (about )?me\b|\bwhat('s| is) my\b|\bwho am i\b|\bremind me\b"
    r"|\bwhere do i (live|work)\b|\bhave i told you\b",
    re.IGNORECASE,
)
_PICKS_UP = re.compile(
    r"\b(where (were|did) we|last time|continue|go on with|pick up|back again|i'm back"
    r"|left off|as promised|you promised|i promised)\b",
    re.IGNORECASE,
)
_RECOMMEND = re.compile(
    r"\b(recommend|suggest|what should i|what shall i|give me|pick|choose|ideas?)\b",
    re.IGNORECASE,
)
_BOUNDARY_FRAME = words_of(
    "does not want to talk about asked not to mention discuss bring up ask subject topic "
    "avoid prefer not wish speak be asked about teased joke called"
)
MOST_IN_A_REPLY = 2
MOST_WHEN_ASKED = 4


@dataclass(frozen=True)
class Recollection:
    """`used` notes are to be mentioned; `boundaries` touched by the message; `silent`
    words belong to boundaries and must not be brought up; `resumes`: something that
    was left open is to be taken up."""

    used: tuple[Note, ...] = ()
    touched: tuple[Note, ...] = ()
    silent: frozenset[str] = frozenset()
    asked: bool = False
    resumes: bool = False


def recollect(prompt: Prompt) -> Recollection:
    """Choose from the notes; empty without notes."""
    said = prompt.said
    asked = bool(_ASKS_MEMORY.search(said))
    boundaries = [note for note in prompt.notes if note.type == "boundary"]
    silent = frozenset[str]().union(*map(_subject, boundaries))
    silent_concepts = _private_concepts(boundaries)
    here, about = words_of(said), concepts_of(said)
    touched = tuple(
        note
        for note in boundaries
        if here & _subject(note) or about & _private_concepts([note])
    )
    others = [
        note
        for note in prompt.notes
        if note.type != "boundary"
        and not words_of(note.content) & silent
        and not concepts_of(note.content) & silent_concepts
    ]
    topics = about or evening_concepts(said)
    ranked = sorted(
        (
            (_score(note, said, here, topics), -place, note)
            for place, note in enumerate(others)
        ),
        key=lambda item: item[:2],
        reverse=True,
    )
    chosen = [note for score, _, note in ranked if score > 0]
    if asked and not chosen and not _asks_something_else(here, about):
        chosen = others
    most = MOST_WHEN_ASKED if asked else MOST_IN_A_REPLY
    used = tuple(chosen[:most])
    open_again = any(note.type == "promise" for note in used)
    resumes = open_again and bool(_PICKS_UP.search(said))
    return Recollection(used, touched, silent, asked, resumes)


def _score(note: Note, said: str, here: frozenset[str], about: frozenset[str]) -> float:
    if note.type == "promise" and _PICKS_UP.search(said):
        return 3.0
    words = words_of(note.content)
    shared = len(here & words)
    common = about & concepts_of(note.content)
    score = 2.0 * shared + len(common)
    if score and _RECOMMEND.search(said) and note.type == "preference":
        score += 1
    return score


def _subject(note: Note) -> frozenset[str]:
    """What a boundary is about, without the words every boundary has."""
    return words_of(note.content) - _BOUNDARY_FRAME


def _private_concepts(boundaries: list[Note]) -> frozenset[str]:
    return frozenset(
        concept
        for note in boundaries
        for concept in concepts_of(note.content)
        if concept in {"father", "mother", "health", "work", "wedding", "birthday"}
    )


def _asks_something_else(here: frozenset[str], about: frozenset[str]) -> bool:
    """A question about one thing is not a question about everything remembered."""
    return bool(about) or len(here) > 2
