"""A character on its stage: what of its card and of lorebooks a prompt gets.

Made once for each version of a card and asked at each turn, since a card may have a
book of two thousand entries. Nothing that was said is read for macros here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatapp.characters.definition import Definition
from chatapp.characters.formats import limits
from chatapp.characters.lore.book import Book, read_book
from chatapp.characters.lore.decorators import POSITIONS
from chatapp.characters.lore.firing import Finding, Lorebooks, Situation, placed
from chatapp.characters.macros import DEFAULT_USER, Cast, expand, has_chance
from memory.scene import BARE, CardPart, Lore, Scene, Side, Summary

HOW_TO_PLAY = (
    "Stay in character. Answer in the language the person writes in, in a few short"
    " paragraphs of Markdown. Do not write the person's part."
)
MOST_GREETINGS = 1 + limits.GREETINGS
MOST_EXAMPLES = 50
_START = re.compile(r"^\s*<START>\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Staged:
    """What the lane or the character puts into a prompt."""

    instructions: str
    scene: Scene = BARE


@dataclass(frozen=True)
class Role:
    """Who the person is in this conversation: a persona's name and description."""

    name: str = DEFAULT_USER
    description: str = ""


class Stage:
    """One character with one role of the person's, and the books that are on."""

    def __init__(
        self, definition: Definition, role: Role, books: Sequence[Book] = ()
    ) -> None:
        self.cast = cast_of(definition, role)
        self._definition, self._role = definition, role
        own = read_book(definition.book, name=definition.name)
        self._lorebooks = Lorebooks([own, *books], self.cast)
        self._bare = self._made(self.cast)
        self._has_chance = any(map(has_chance, self._texts()))

    @property
    def asks_greeting(self) -> bool:
        """Whether an entry wants to know how the conversation began."""
        return any(
            entry.asks.is_greeting is not None
            for book in self._lorebooks.books
            for entry in book.entries
        )

    def staged(
        self,
        situation: Situation,
        *,
        budget: int,
        summary: Summary | None = None,
        seed: str = "",
    ) -> Staged:
        """What a prompt gets in this situation; lore takes `budget` tokens at most.

        The `seed` decides what its macros leave to chance.
        """
        cast = self._cast(seed)
        findings = self._lorebooks.findings(situation, budget=budget, cast=cast)
        lore = [lore_of(finding) for finding in placed(findings)]
        lore += [lore_of(finding) for finding in findings if finding.fate == "cut"]
        bare = self.bare(seed)
        scene = replace(bare.scene, lore=tuple(lore), summary=summary)
        return replace(bare, scene=scene)

    def bare(self, seed: str = "") -> Staged:
        """The same without lore and summary."""
        return self._made(self._cast(seed)) if seed and self._has_chance else self._bare

    def _cast(self, seed: str) -> Cast:
        return replace(self.cast, seed=seed)

    def _made(self, cast: Cast) -> Staged:
        told = self._definition
        scene = Scene(
            card=card_parts(told, self._role, cast),
            examples=examples(told.mes_example, cast),
            tail=tail(told, cast),
        )
        return Staged(instructions(told, cast), scene)

    def _texts(self) -> tuple[str, ...]:
        """What stands in every prompt, as it was written."""
        told = self._definition
        return (
            *(told.description, told.personality, told.scenario, told.mes_example),
            *(told.system_prompt, told.post_history_instructions),
            self._role.description,
        )


def cast_of(definition: Definition, role: Role) -> Cast:
    """Who stands for whom in the macros of this character."""
    return Cast(
        char=definition.called,
        user=role.name.strip() or DEFAULT_USER,
    )


def instructions(definition: Definition, cast: Cast) -> str:
    """How the system message begins: the card's own prompt, or the site's."""
    ours = f"You are {definition.called}.\n\n{HOW_TO_PLAY}"
    theirs = definition.system_prompt.strip()
    return expand(theirs, replace(cast, original=ours)).strip() if theirs else ours


def tail(definition: Definition, cast: Cast) -> str:
    """What stands behind the newest message; the site has nothing of its own there."""
    text = definition.post_history_instructions
    return expand(text, replace(cast, original="")).strip()


def card_parts(definition: Definition, role: Role, cast: Cast) -> tuple[CardPart, ...]:
    """The parts of the card that stand in every prompt, and who the person is."""
    parts = {
        "description": definition.description,
        "personality": _titled(f"{cast.char}'s personality", definition.personality),
        "scenario": _titled("Scenario", definition.scenario),
        "persona": _person(role),
    }
    return tuple(
        CardPart(name, text)
        for name, written in parts.items()
        if (text := expand(written, cast).strip())
    )


def examples(written: str, cast: Cast) -> tuple[str, ...]:
    """The example dialogues, one for each `<START>`."""
    blocks = [block.strip() for block in _START.split(expand(written, cast))]
    return tuple(block for block in blocks if block)[:MOST_EXAMPLES]


def greetings(definition: Definition, role: Role, seed: str = "") -> list[str]:
    """The first message and its alternates, as this person reads them."""
    cast = replace(cast_of(definition, role), seed=seed)
    written = [definition.first_mes, *definition.alternate_greetings]
    texts = [expand(text, cast).strip() for text in written]
    return list(dict.fromkeys(text for text in texts if text))[:MOST_GREETINGS]


def lore_of(finding: Finding) -> Lore:
    """An entry's place in the prompt, in the prompt's own terms."""
    entry, asks = finding.entry, finding.entry.asks
    part, side, depth = "", "after", None
    if asks.position:
        part, side = POSITIONS[asks.position]
    elif asks.depth is not None:
        depth = asks.depth
    elif entry.position == "before_char":
        side = "before"
    sides: dict[str, Side] = {"before": "before", "after": "after"}
    return Lore(
        name=entry.name,
        content=finding.content,
        book=finding.book.name,
        why=finding.why if finding.fate == "in" else "",
        words=finding.detail,
        part=part,
        side=sides[side],
        depth=depth,
        role=asks.role or "system",
        cut=finding.why if finding.fate == "cut" else "",
    )


def _person(role: Role) -> str:
    """Whom they talk with, if that was said."""
    if role == Role():
        return ""
    return f"The person you talk with is {role.name}. {role.description.strip()}"


def _titled(title: str, text: str) -> str:
    return f"{title}: {text.strip()}" if text.strip() else ""
