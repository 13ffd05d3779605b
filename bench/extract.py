"""How well turns are learnt from: `make bench-extract` (JSON=path, TURNS=path).

Runs the extractor, rules and all, over a labelled set with the configured model. With
the scripted model this checks the pipeline and nothing else: its rules were written by
the people who wrote the labels, so its score says nothing about quality.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.table import Run, table, write
from bench.turns import OURS, Expected, Labelled, read
from memory.errors import ModelError
from memory.extract import Candidate, Extraction, check, clean
from memory.filler import is_trivial
from memory.llm import ChatModel
from memory.proposal import proposals, request, schema

SCRIPTED = (
    "SCRIPTED MODEL: a check of the pipeline. These figures say nothing about quality;"
    " set OPENAI_BASE_URL or OPENAI_API_KEY to measure a model."
)
MEANT = (
    "false_memory_rate: turns of these that stored something. quote_validity: of what"
    " the model proposed, before the rules."
)
LEAST_SHARED = 0.5
"""Share of the shorter quote that two quotes have in common when they mean the same."""


@dataclass
class Tally:
    """Counts over the turns of a run."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    stored: int = 0
    quoted: int = 0
    literal: int = 0
    placed: int = 0
    misplaced: int = 0
    empty: int = 0
    invented: int = 0
    unreadable: int = 0
    by_tag: Counter[str] = field(default_factory=Counter)

    def f1(self, kind: str) -> float:
        """Of one type of atom."""
        right = self.right[kind]
        return 2 * right / max(1, 2 * right + self.wrong[kind] + self.missed[kind])


async def learnt(turn: Labelled, llm: ChatModel) -> tuple[Extraction, list[str]]:
    """What the extractor makes of a turn, and the quotes that the model proposed."""
    if is_trivial(turn.exchange.user):
        return Extraction(skipped="filler"), []
    answer = await llm.structured(
        request(turn.exchange, turn.taxonomy),
        name="memory_atoms",
        schema=schema(turn.taxonomy),
    )
    proposed = proposals(answer)
    quotes = [clean(raw.get("quote")) for raw in proposed]
    return check(proposed, turn.exchange, taxonomy=turn.taxonomy, known=()), quotes


def count(tally: Tally, turn: Labelled, found: Extraction, quotes: list[str]) -> None:
    """Add one turn."""
    texts = [clean(turn.exchange.user), clean(turn.exchange.assistant)]
    tally.quoted += len(quotes)
    tally.literal += sum(
        1 for quote in quotes if quote and any(quote in text for text in texts)
    )
    left = list(turn.atoms)
    for atom in found.candidates:
        tally.stored += 1
        if label := _meant(atom, left, typed=True):
            left.remove(label)
            tally.right[atom.atom_type] += 1
        else:
            tally.wrong[atom.atom_type] += 1
        if meant := _meant(atom, turn.atoms, typed=False):
            tally.placed += 1
            tally.misplaced += (atom.speaker, _own(atom.about)) != (
                meant.speaker,
                _own(meant.about),
            )
    for label in left:
        tally.missed[label.type] += 1
    if not turn.atoms:
        tally.empty += 1
        tally.invented += bool(found.candidates)
        if found.candidates:
            tally.by_tag.update(turn.tags or ("plain",))


def same_passage(one: str, other: str) -> bool:
    """Whether two quotes of one text are about the same passage."""
    short, long = sorted((clean(one).casefold(), clean(other).casefold()), key=len)
    if short in long:
        return len(short) > 1
    words = set(short.split())
    return len(words & set(long.split())) >= LEAST_SHARED * max(1, len(words))


def _meant(
    atom: Candidate, labels: Sequence[Expected], *, typed: bool
) -> Expected | None:
    fitting = (
        label
        for label in labels
        if same_passage(atom.quote, label.quote)
        and (not typed or (label.type, label.speaker) == (atom.atom_type, atom.speaker))
    )
    return next(fitting, None)


def _own(about: str) -> str:
    """Somebody else is somebody else, by whatever name."""
    return about if about in {"user", "character"} else "other"


def numbers(tally: Tally) -> Iterator[tuple[str, float]]:
    """The figures of a run by name."""
    kinds = sorted({*tally.right, *tally.wrong, *tally.missed})
    yield "macro_f1", sum(map(tally.f1, kinds)) / max(1, len(kinds))
    yield "false_memory_rate", tally.invented / max(1, tally.empty)
    yield "quote_validity", tally.literal / tally.quoted if tally.quoted else 1.0
    yield "wrong_speaker_rate", tally.misplaced / max(1, tally.placed)
    yield "unlabelled_share", sum(tally.wrong.values()) / max(1, tally.stored)
    yield "unreadable_turns", tally.unreadable
    for kind in kinds:
        yield f"f1_{kind}", tally.f1(kind)


async def measured(turns: Sequence[Labelled], llm: ChatModel, at_once: int) -> Tally:
    """Learn from every turn, a few at a time."""
    tally = Tally()
    gate = asyncio.Semaphore(at_once)

    async def one(turn: Labelled) -> None:
        async with gate:
            try:
                found, quotes = await learnt(turn, llm)
            except ModelError:
                tally.unreadable += 1
                found, quotes = Extraction(), []
        count(tally, turn, found, quotes)

    await asyncio.gather(*(one(turn) for turn in turns))
    return tally


def report(turns: Sequence[Labelled], tally: Tally, *, scripted: bool) -> Run:
    """The table, with what can be said about it."""
    rows: Mapping[str, float | str] = dict(numbers(tally))
    without = sum(1 for turn in turns if not turn.atoms)
    notes = [
        "",
        f"{len(turns)} turns, {without} of which must store nothing.",
        MEANT,
    ]
    if tally.by_tag:
        worst = ", ".join(f"{tag} {n}" for tag, n in tally.by_tag.most_common())
        notes.append(f"Stored although nothing was to be: {worst}.")
    if scripted:
        notes.append(SCRIPTED)
    return Run(rows, notes)


async def run(turns: Sequence[Labelled], at_once: int) -> tuple[Tally, bool]:
    """With the model of the settings; says whether it is the scripted one."""
    from django.conf import settings

    from chatapp import wiring  # needs settings

    llm = wiring.chat_model()
    try:
        return await measured(turns, llm, at_once), settings.SCRIPTED_MODEL
    finally:
        await wiring.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--turns", type=Path, default=OURS, help="a file of the same form"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--at-once", type=int, default=4)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    turns = read(options.turns)
    tally, scripted = asyncio.run(run(turns, options.at_once))
    found = report(turns, tally, scripted=scripted)
    print(table(found, {}))
    if options.json:
        write(found, options.json)


if __name__ == "__main__":
    main()
