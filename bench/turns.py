"""A labelled set of turns for the extractor: what is to be remembered of each, or nothing.

JSON lines. Each turn has `product` ("character" or "tutor"), `language`, `at` (ISO time
of the message), `user`, `assistant`, `character` (who answers), `tags` and `atoms`:
`type`, a literal `quote`, `speaker`, `about` and `realm` of each. Our own set is
`turns.jsonl` beside this file; another file of the same form can be given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from memory.proposal import Exchange
from memory.taxonomy import CHARACTER, TUTOR, Taxonomy

OURS = Path(__file__).with_name("turns.jsonl")
PRODUCTS = {"character": CHARACTER, "tutor": TUTOR}


@dataclass(frozen=True)
class Expected:
    """One atom that a turn is to leave."""

    type: str
    quote: str
    speaker: str
    about: str
    realm: str


@dataclass(frozen=True)
class Labelled:
    """One turn with its labels; no `atoms`: nothing may be stored."""

    exchange: Exchange
    taxonomy: Taxonomy
    language: str
    atoms: tuple[Expected, ...]
    tags: tuple[str, ...]


def read(path: Path) -> list[Labelled]:
    """All turns of a file. Raises OSError, and ValueError naming the line."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(parse(json.loads(line)))
        except (KeyError, TypeError, ValueError) as exc:
            msg = f"{path.name}, line {number}: {exc!r}"
            raise ValueError(msg) from exc
    return found


def parse(turn: dict[str, object]) -> Labelled:
    """One line. A label's quote has to stand in the text of its speaker."""
    said = {"user": str(turn["user"]), "assistant": str(turn["assistant"])}
    listed = turn["atoms"]
    if not isinstance(listed, list):
        msg = "`atoms` is no list"
        raise TypeError(msg)
    atoms = tuple(
        Expected(
            *(str(one[key]) for key in ("type", "quote", "speaker", "about", "realm"))
        )
        for one in listed
    )
    taxonomy = PRODUCTS[str(turn["product"])]
    for atom in atoms:
        if atom.quote not in said[atom.speaker] or atom.type not in taxonomy.by_name:
            msg = f"no such quote or type: {atom.type}, {atom.quote!r}"
            raise ValueError(msg)
    tags = turn.get("tags")
    return Labelled(
        Exchange(
            said["user"],
            said["assistant"],
            datetime.fromisoformat(str(turn["at"])),
            str(turn.get("character", "")),
        ),
        taxonomy,
        str(turn["language"]),
        atoms,
        tuple(map(str, tags)) if isinstance(tags, list) else (),
    )
