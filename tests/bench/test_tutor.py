"""The bench of the learner model counts right, and its learners are no estimators."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bench import simulated_learners
from bench.chart import line_chart
from bench.lessons import BEGIN, Agreement, teach
from bench.simulated_learners import KINDS, Kind, SimulatedLearner
from bench.solving import solve, spread
from bench.teachers import FixedOrder, LastThree, Tutor
from bench.tutor import LEAST, Heard, count, lines, listen, of_lessons, of_turns, pair
from bench.tutor_turns import NONE, Turn, ours
from chatapp import wiring
from memory.completion import Message
from memory.extract import Candidate
from memory.taxonomy import TUTOR
from tutor.content.course import CourseContent, Item
from tutor.content.library import builtin

SURE = Kind("sure", ability=9.0, spread=0.0, slip=0.0, holds=0.0)
LOST = Kind("lost", ability=-9.0, spread=0.0, gain=0.0, holds=0.0)


@pytest.fixture(scope="module")
def content() -> CourseContent:
    return builtin("computer-networks").content


def learner(content: CourseContent, kind: Kind) -> SimulatedLearner:
    return SimulatedLearner(content, kind, Random(1), BEGIN)


def atom(quote: str, kind: str = "misconception") -> Candidate:
    return Candidate(kind, f"Learner thinks {quote}", 0.7, quote, "user", "prd")


def test_the_sample_covers_what_it_promises() -> None:
    turns = ours()
    labels = Counter(turn.label for turn in turns)
    assert labels[NONE] >= 40
    assert set(labels) - {NONE} < set(TUTOR.by_name)
    assert {"guess", "slip", "pressure", "bare"} <= {turn.why for turn in turns}
    assert len({turn.said for turn in turns}) == len(turns)


async def test_the_scripted_model_stores_nothing_of_slips_and_guesses() -> None:
    turns = [turn for turn in ours() if turn.why in {"slip", "guess", "bare"}]
    try:
        heard = await listen(turns, wiring.chat_model())
    finally:
        await wiring.close()
    assert heard.none == len(turns) >= 15
    assert of_turns(heard)["false_memory_rate"] == 0
    assert of_turns(heard)["quote_validity"] == LEAST["quote_validity"]


def test_what_is_stored_where_nothing_may_be_is_counted() -> None:
    heard = Heard()
    count(heard, Turn("", "256", NONE, "bare"), [atom("256")])
    count(heard, Turn("", "ok", NONE, "filler"), [])
    count(heard, Turn("", "a mask has gaps", "misconception"), [atom("another")])
    figures = of_turns(heard)
    assert figures["false_memory_rate"] == 0.5
    assert figures["quote_validity"] == 0.5
    assert heard.by_why["bare"] == 1
    assert figures["macro_f1"] == pytest.approx(2 / 3), "one right, one too many"


def test_one_error_in_two_wordings_is_a_pair() -> None:
    heard = Heard()
    for said in (
        "I think a mask may have gaps",
        "I always thought a mask may have gaps",
    ):
        count(heard, Turn("", said, "misconception", "", "gaps"), [atom(said)])
    for said in ("I think UDP is slow", "I think UDP keeps the order"):
        count(heard, Turn("", said, "misconception", "", "udp"), [atom(said)])
    pair(heard)
    assert (heard.pairs, heard.doubled) == (2, 1)


class Solver:
    """Answers each question as the courses do, but one."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.answers = {item.prompt: item.answer for item in items[1:]}

    async def structured(
        self, messages: Sequence[Message], **_: object
    ) -> dict[str, str]:
        asked = messages[-1].content
        found = (a for prompt, a in self.answers.items() if asked.startswith(prompt))
        return {"answer": next(found, "no idea")}


async def test_an_item_that_a_solver_misses_is_named(content: CourseContent) -> None:
    items = spread([content], 12)
    assert len({item.slug for item in items}) == 12
    solved = await solve(items, Solver(items))  # type: ignore[arg-type]  # a fake
    assert (solved.asked, solved.right) == (12, 11)
    assert solved.missed == [(items[0].slug, "no idea")]


def test_simulated_learners_know_nothing_of_the_learner_model() -> None:
    tree = ast.parse(Path(simulated_learners.__file__).read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not {name for name in imported if name and "learner" in name}


def test_who_knows_everything_answers_right_and_who_knows_nothing_guesses(
    content: CourseContent,
) -> None:
    sure, lost = learner(content, SURE), learner(content, LOST)
    for item in content.items.values():
        assert sure.answer(item, BEGIN).right
        if item.kind != "choice":
            assert lost.truth(item.concept, BEGIN) < 0.5
    assert all(sure.knows(slug, BEGIN) for slug in content.concepts)
    assert not any(lost.knows(slug, BEGIN) for slug in content.concepts)


def test_what_was_practised_fades(content: CourseContent) -> None:
    one = learner(content, Kind("plain", holds=0.0))
    item = next(iter(content.items.values()))
    for _ in range(12):
        one.corrected(item, BEGIN)
    fresh = one.truth(item.concept, BEGIN)
    assert one.truth(item.concept, BEGIN + timedelta(days=40)) < fresh


def test_a_held_error_shows_in_the_answers_that_expose_it(
    content: CourseContent,
) -> None:
    one = learner(content, Kind("misled", ability=9.0, holds=1.0, shows=1.0))
    slug = next(iter(content.misconceptions))
    item = content.probes_of(slug)[0]
    assert one.answer(item, BEGIN).misconception in item.exposes


def test_agreement_beyond_chance() -> None:
    one = Agreement(both=20, claimed=5, missed=10, neither=15)
    assert one.share == 0.7
    assert one.kappa == pytest.approx(0.4)
    assert one.false_share == 0.2


def test_a_short_run_gives_every_figure_and_a_plot(content: CourseContent) -> None:
    results = {
        make.name: teach(
            make, [content], learners=1, lessons=3, seed=1, kinds=KINDS[:2]
        )
        for make in (Tutor, FixedOrder, LastThree)
    }
    figures = of_lessons({name: by_kind[""] for name, by_kind in results.items()})
    assert {"sim_agreement", "sim_agreement_baseline", "sim_questions"} <= set(figures)
    assert all(0 < figures[name] <= 1 for name in figures if "agreement" in name)
    assert len(lines(results)) == 1 + 3 * 3
    again = teach(Tutor, [content], learners=1, lessons=3, seed=1, kinds=KINDS[:2])
    assert again[""].mean_agreement == figures["sim_agreement"]
    chart = line_chart("t", {"a": [0.2, 0.4], "b": [0.3, 0.3]}, across="x", up="y")
    assert chart.startswith("<svg")
    assert chart.count("<path") == 7
