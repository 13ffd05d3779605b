"""The prompt of one turn as the inspector shows it: its parts, and what did not fit.

Read from the turn's record, which was written when the prompt was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chatapp.characters.lore.wording import why
from chatapp.memories.models import TurnAtom, TurnRecord
from chatapp.memories.records import lore_told
from memory.scene import Lore
from memory.tokens import tokens_in

PART_LABELS = {
    "instructions": _("Who is speaking"),
    "card": _("The character's card"),
    "lore": _("Lorebooks"),
    "examples": _("Example dialogues"),
    "rules": _("How to use memory"),
    "summary": _("Summary of what was said first"),
    "history": _("What was said before"),
    "memory": _("Memory"),
    "message": _("The message"),
    "tail": _("The card's last word"),
    "so far": _("The reply so far"),
}


@dataclass(frozen=True)
class PromptPart:
    """A part of the prompt, about how many tokens, in per cent of the whole."""

    name: str
    label: str
    tokens: int
    pieces: int
    begin: float
    width: float


@dataclass(frozen=True)
class LoreShown:
    """What a lorebook brought into the prompt, or, `cut`, would have; and why."""

    name: str
    book: str
    content: str
    tokens: int
    why: str
    cut: bool


@dataclass(frozen=True)
class PromptShown:
    """The prompt by its parts. `cut` memories and `dropped` messages did not fit.

    `covered` of those are told of by the `summary`; `examples` dialogues and
    `card_tokens` of the card did not fit either.
    """

    tokens: int
    messages: int
    parts: Sequence[PromptPart]
    cut: int
    dropped: int
    covered: int
    summary: str
    lore: Sequence[LoreShown]
    examples: int
    card_tokens: int


def prompt_shown(record: TurnRecord, atoms: Sequence[TurnAtom]) -> PromptShown:
    """The prompt of this turn, as its record has it."""
    whole = sum(tokens for _, tokens, _ in record.prompt_parts) or 1
    parts = []
    begin = 0.0
    for name, tokens, pieces in record.prompt_parts:
        width = 100 * tokens / whole
        label = str(PART_LABELS.get(name, name))
        parts.append(
            PromptPart(
                name, label, tokens, pieces, round(begin, 2), round(max(width, 0.4), 2)
            )
        )
        begin += width
    trimmed = {name: (tokens, pieces) for name, tokens, pieces in record.prompt_trimmed}
    return PromptShown(
        tokens=record.prompt_tokens,
        messages=record.prompt_messages,
        parts=parts,
        cut=sum(1 for atom in atoms if atom.fate == "cut"),
        dropped=record.prompt_dropped,
        covered=record.prompt_covered,
        summary=record.prompt_summary,
        lore=[_lore(told) for told in lore_told(record)],
        examples=trimmed.get("examples", (0, 0))[1],
        card_tokens=trimmed.get("card", (0, 0))[0],
    )


def _lore(told: Lore) -> LoreShown:
    return LoreShown(
        name=told.name,
        book=told.book,
        content=told.content,
        tokens=tokens_in(told.content),
        why=why(told.cut or told.why, "" if told.cut else told.words),
        cut=bool(told.cut),
    )
