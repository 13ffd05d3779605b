"""How true the learner model is: `make bench-tutor DATA=path` (JSON=path, PLOT=path).

Two halves. Labelled turns go through the extractor and the learner model's rules with
the configured model: what is stored where nothing may be, whether quotes are literal,
whether one error becomes two. Without DATA that is our own hand-written sample. Then
simulated learners, whose true state is known, are taught in three ways.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bench import tutor_turns
from bench.chart import line_chart
from bench.simulated_learners import KINDS, TUNING, Kind, drawn
from bench.table import Run, table, write
from bench.tutor_turns import NONE, Turn
from memory.errors import ModelError
from memory.extract import Candidate, check, clean
from memory.filler import is_trivial
from memory.llm import ChatModel
from memory.proposal import Exchange, proposals, request, schema
from memory.taxonomy import TUTOR

if TYPE_CHECKING:
    from bench.lessons import Outcome
    from bench.solving import Solved

AIMS = {"false_memory_rate": 0.05, "duplicate_rate": 0.1}
LEAST = {"quote_validity": 1.0}
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = 2026
TUNING_SEED = 7
DRAWN = 6
"""Kinds of learners with drawn parameters, one learner of each in each course."""
SCRIPTED = (
    "SCRIPTED MODEL: what it extracts was written by hand, so false_memory_rate and"
    " duplicate_rate check the pipeline and say little about quality. Set"
    " OPENAI_BASE_URL or OPENAI_API_KEY to measure a model."
)


@dataclass
class Heard:
    """What came of the labelled turns."""

    none: int = 0
    false: int = 0
    by_why: Counter[str] = field(default_factory=Counter)
    atoms: int = 0
    literal: int = 0
    labelled: int = 0
    found: int = 0
    pairs: int = 0
    doubled: int = 0
    unreadable: int = 0
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    both: Counter[str] = field(default_factory=Counter)
    only_stored: Counter[str] = field(default_factory=Counter)
    only_labelled: Counter[str] = field(default_factory=Counter)


async def stored(turn: Turn, llm: ChatModel) -> list[Candidate]:
    """What the site would keep of it as an atom. Raises ModelError."""
    from tutor.learner.hearing import refused  # needs Django

    if is_trivial(turn.said):
        return []
    exchange = Exchange(turn.said, "", AT)
    answer = await llm.structured(
        request(exchange, TUTOR), name="memory_atoms", schema=schema(TUTOR)
    )
    kept = check(proposals(answer), exchange, taxonomy=TUTOR, known=()).candidates
    # What one turn shows of mastery becomes evidence, and no atom.
    return [
        one
        for one in kept
        if one.atom_type != "concept_mastered" and not refused(one, turn.said)
    ]


async def listen(turns: Sequence[Turn], llm: ChatModel) -> Heard:
    """Every turn, one after the other."""
    heard = Heard()
    for turn in turns:
        try:
            atoms = await stored(turn, llm)
        except ModelError:
            heard.unreadable += 1
            atoms = []
        count(heard, turn, atoms)
    pair(heard)
    return heard


def count(heard: Heard, turn: Turn, atoms: Sequence[Candidate]) -> None:
    """Add one turn."""
    heard.atoms += len(atoms)
    heard.literal += sum(one.quote in clean(turn.said) for one in atoms)
    types, wanted = {one.atom_type for one in atoms}, {turn.label} - {NONE}
    heard.both.update(types & wanted)
    heard.only_stored.update(types - wanted)
    heard.only_labelled.update(wanted - types)
    if turn.label == NONE:
        heard.none += 1
        heard.false += bool(atoms)
        heard.by_why[turn.why] += bool(atoms)
        return
    heard.labelled += 1
    heard.found += any(one.atom_type == turn.label for one in atoms)
    errors = [one.quote for one in atoms if one.atom_type == "misconception"]
    if turn.same and errors:
        heard.said[turn.same].append(errors[0])


def pair(heard: Heard) -> None:
    """Of two turns that state one error: whether they became two misconceptions."""
    from tutor.learner.matching import unlisted

    for quotes in heard.said.values():
        for first, second in pairwise(quotes):
            slug = unlisted(first, {})
            heard.pairs += 1
            heard.doubled += unlisted(second, {slug: first}) != slug


def macro_f1(heard: Heard) -> float:
    """F1 of each type of atom that was labelled, on average."""
    labelled = set(heard.both) | set(heard.only_labelled)
    scores = [
        2
        * heard.both[one]
        / (2 * heard.both[one] + heard.only_stored[one] + heard.only_labelled[one])
        for one in labelled
    ]
    return sum(scores) / max(1, len(scores))


def of_turns(heard: Heard) -> dict[str, float]:
    """The figures of the labelled half."""
    return {
        "false_memory_rate": heard.false / max(1, heard.none),
        "quote_validity": heard.literal / heard.atoms if heard.atoms else 1.0,
        "duplicate_rate": heard.doubled / max(1, heard.pairs),
        "none_turns": heard.none,
        "found_share": heard.found / max(1, heard.labelled),
        "macro_f1": macro_f1(heard),
        "duplicate_pairs": heard.pairs,
        "unreadable_turns": heard.unreadable,
    }


def of_lessons(results: Mapping[str, Outcome]) -> dict[str, float]:
    """The figures of the simulated half; `results` are by teacher."""
    tutor, fixed, three = results.values()
    return {
        "sim_agreement": tutor.mean_agreement,
        "sim_agreement_baseline": three.mean_agreement,
        "sim_agreement_fixed_order": fixed.mean_agreement,
        "sim_questions": tutor.questions_each,
        "sim_questions_baseline": three.questions_each,
    }


def simulated(
    kinds: Sequence[Kind], learners: int, lessons: int, seed: int
) -> dict[str, dict[str, Outcome]]:
    """All three teachers, by name and then by kind of learner."""
    from bench.lessons import teach
    from bench.teachers import FixedOrder, LastThree, Tutor
    from tutor.content.library import builtin, builtin_slugs

    contents = [builtin(slug).content for slug in builtin_slugs()]
    return {
        make.name: teach(
            make, contents, learners=learners, lessons=lessons, seed=seed, kinds=kinds
        )
        for make in (Tutor, FixedOrder, LastThree)
    }


HEAD = (
    "teacher", "learners", "agree", "kappa", "false", "errors", "false", "answers",
    "known", "later",
)  # fmt: skip


def lines(results: Mapping[str, Mapping[str, Outcome]]) -> list[str]:
    """The table of the simulated half."""
    rows: list[tuple[str, ...]] = [HEAD]
    for name, by_kind in results.items():
        for kind, one in by_kind.items():
            mastery, errors = one.whole(one.mastery), one.whole(one.errors)
            figures = (
                *(one.mean_agreement, mastery.kappa, mastery.false_share),
                *(errors.kappa, errors.false_share),
            )
            known = [sum(v) / max(1, len(v)) for v in (one.known, one.known_later)]
            rows.append(
                (
                    *(name, kind or "all"),
                    *(f"{value:.2f}" for value in figures),
                    *(f"{one.questions_each:.0f}", *(f"{v:.2f}" for v in known)),
                )
            )
    wide = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    return [
        "  ".join(cell.ljust(wide[n]) for n, cell in enumerate(row)) for row in rows
    ]


MEANT = (
    "agree: share of beliefs about concepts and misconceptions that are true, over all"
    " lessons. kappa: of mastery, beyond chance; false: share of mastery claims that"
    " are not so. errors: the same of misconceptions that an item asked so far could have shown. answers: that"
    " a learner gave. known: share of the course truly known at the end, and 30 days"
    " later."
)


def plot(results: Mapping[str, Mapping[str, Outcome]]) -> str:
    """Agreement of mastery after each lesson, as SVG."""
    series = {
        name: [one.share for one in by_kind[""].mastery.values()]
        for name, by_kind in results.items()
    }
    return line_chart(
        "Beliefs about mastery that are true",
        series,
        across="lesson",
        up="share",
    )


async def _asked(turns: Sequence[Turn]) -> tuple[Heard, Solved | None]:
    """What the configured model makes of the turns, and of items if it is no script."""
    from django.conf import settings

    from bench.solving import solve, spread  # needs Django
    from chatapp import wiring  # needs settings
    from tutor.content.library import builtin, builtin_slugs  # needs Django

    llm = wiring.chat_model()
    try:
        heard = await listen(turns, llm)
        if settings.SCRIPTED_MODEL:
            return heard, None
        items = spread(builtin(slug).content for slug in builtin_slugs())
        return heard, await solve(items, llm)
    finally:
        await wiring.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, help="the folder of labelled data")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--learners", type=int, default=3, help="per kind and course")
    parser.add_argument("--lessons", type=int, default=20)
    parser.add_argument(
        "--tuning",
        action="store_true",
        help="simulate the learners that rules are chosen on, whose figures say nothing",
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    import django

    django.setup()
    turns = tutor_turns.of_data(options.data) if options.data else tutor_turns.ours()
    heard, solved = asyncio.run(_asked(turns))
    kinds, seed = (TUNING, TUNING_SEED) if options.tuning else (KINDS, SEED)
    results = simulated(kinds, options.learners, options.lessons, seed)
    others = simulated(drawn(SEED, DRAWN), 1, options.lessons, SEED)
    numbers = of_turns(heard) | of_lessons(
        {name: by_kind[""] for name, by_kind in results.items()}
    )
    false = ", ".join(f"{why} {n}" for why, n in heard.by_why.most_common() if n)
    notes = ["", *lines(results), "", "Kinds that were drawn:", *lines(others)]
    notes += ["", MEANT]
    notes += [f"Stored although nothing was to be: {false}."] if false else []
    if solved is None:
        notes.append(SCRIPTED)
    else:
        numbers["solved_share"] = solved.share
        notes += [f"Solved otherwise: {slug}: {got!r}" for slug, got in solved.missed]
    run = Run(numbers, notes)
    print(table(run, AIMS, LEAST))
    if options.json:
        write(run, options.json)
    if options.plot:
        options.plot.write_text(plot(results), encoding="utf-8")


if __name__ == "__main__":
    main()
