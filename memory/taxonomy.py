"""The kinds of memory each product keeps: the documentation's two taxonomies.

An atom's type goes to MaaS as `metadata.atom_type`. The extractor may only use the
types of its product; who must have said it is part of the type.
Source: MaaS documentation, guides "Character Chat" and "Enterprise Tutor".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Speaker = Literal["user", "assistant"]
DURABLE = "prd"
"""`source_type` of lasting facts (documentation, "Storage rules")."""
PASSING = "chat-log"
"""`source_type` of recent observations (documentation, "Storage rules")."""


@dataclass(frozen=True)
class AtomType:
    """One kind of memory: what it means, how long it lasts, who may be its source."""

    name: str
    meaning: str
    source_type: str = DURABLE
    speakers: frozenset[Speaker] = frozenset({"user"})


@dataclass(frozen=True)
class Taxonomy:
    """The kinds of memory one product keeps, and what it calls the person."""

    name: str
    person: str
    types: tuple[AtomType, ...]
    by_name: Mapping[str, AtomType] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {t.name: t for t in self.types})


CHARACTER = Taxonomy(
    name="character",
    person="User",
    types=(
        AtomType("preference", "What the user likes, dislikes, wants or needs."),
        AtomType("emotional_state", "How the user feels now, and why.", PASSING),
        AtomType(
            "relationship_event",
            "A lasting fact of the user's life that they shared (name, home, work,"
            " family, pets, events), or a change between user and character.",
        ),
        AtomType(
            "backstory_reveal",
            "Something the character told about their own life.",
            speakers=frozenset({"assistant"}),
        ),
        AtomType(
            "promise",
            "Something either of them said they will do, or wants done next time.",
            speakers=frozenset({"user", "assistant"}),
        ),
        AtomType("boundary", "What the user does not want to talk about or happen."),
    ),
)

TUTOR = Taxonomy(
    name="tutor",
    person="Learner",
    types=(
        AtomType("concept_mastered", "A concept the learner showed they can use."),
        AtomType("misconception", "Something wrong that the learner believes."),
        AtomType(
            "learning_style",
            "An approach to teaching that helped this learner, or did not.",
        ),
        AtomType("struggle_point", "What the learner is stuck on now.", PASSING),
        AtomType("goal", "What the learner wants to reach, and by when."),
        AtomType("follow_up", "What is to be taken up again later.", DURABLE),
    ),
)
