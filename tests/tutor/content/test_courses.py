"""Our own courses are sound, and code finds the same answers as they give."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import math
import re
from fractions import Fraction
from typing import Any

import pytest

from tutor.content.course import Item
from tutor.content.grading import grade, solves_itself
from tutor.content.library import builtin, builtin_files, builtin_slugs
from tutor.content.problems import Report
from tutor.content.validating import validate

COURSES = builtin_slugs()
ALL = [(slug, item) for slug in COURSES for item in builtin(slug).items.values()]
ITEMS = [pytest.param(item, id=f"{slug}/{item.slug}") for slug, item in ALL]
SOLVED = [
    pytest.param(item, id=f"{slug}/{item.slug}") for slug, item in ALL if item.solve
]
_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def printed_by(code: str) -> str:
    """What a snippet prints, until it ends or stops with an error."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(Exception):
        exec(code, {})  # noqa: S102  # snippets of our own courses, as learners run them
    return out.getvalue()


def raised(code: str) -> str:
    """The name of the error that a snippet stops with."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, {})  # noqa: S102  # the same
    except Exception as error:  # noqa: BLE001  # whichever it is, its name is asked for
        return type(error).__name__
    return "nothing"


def solution(item: Item, **names: Any) -> Any:
    """What the item's own recipe works out."""
    code = "".join(_CODE.findall(item.prompt))
    runs = "printed" in item.solve or item.solve == "stdout"
    known: dict[str, Any] = {
        "ipaddress": ipaddress,
        "math": math,
        "Fraction": Fraction,
        "raised": raised,
        "code": code,
        "printed": printed_by(code) if runs else "",
    }
    recipe = "printed.rstrip()" if item.solve == "stdout" else item.solve
    return eval(recipe, known | names)


@pytest.mark.parametrize("slug", COURSES)
def test_a_course_of_ours_has_no_problem(slug: str) -> None:
    report = Report()
    draft = validate(builtin_files(slug), report)
    assert [str(problem) for problem in report] == []
    assert draft.card["slug"] == slug
    assert len(draft.concepts) >= 12
    assert len(draft.items) >= 60


@pytest.mark.parametrize("slug", COURSES)
def test_every_misconception_shows_in_two_items_at_least(slug: str) -> None:
    course = builtin(slug).content
    for name in course.misconceptions:
        assert len(course.probes_of(name)) >= 2, name
        assert course.probes_of(name)[0].probe_for == name


@pytest.mark.parametrize("slug", COURSES)
def test_every_concept_follows_its_prerequisites(slug: str) -> None:
    course = builtin(slug).content
    seen: set[str] = set()
    for concept in course.in_order():
        assert seen.issuperset(concept.prerequisites)
        seen.add(concept.slug)
        assert len(course.items_of(concept.slug)) >= 4
    assert seen == set(course.concepts)


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_is_solved_by_its_own_grader(item: Item) -> None:
    """Check 16."""
    assert solves_itself(item)
    for wrong, misconception in item.distractors.items():
        assert grade(item, wrong).misconception == misconception
    assert [hint.level for hint in item.hints] == [*range(1, len(item.hints) + 1)]
    assert [hint.rung for hint in item.hints][-2:] == ["similar", "answer"]


@pytest.mark.parametrize("item", SOLVED)
def test_code_finds_the_answer_that_the_item_gives(item: Item) -> None:
    """Check 16."""
    if item.kind == "choice":
        fitting = [choice for choice in item.choices if choice_fits(item, choice)]
        assert fitting == [item.answer]
    elif item.kind == "order":
        assert solution(item, lines=list(item.choices)) == item.answer.split("\n")
    else:
        value = solution(item)
        assert grade(item, str(value)).right, value


def choice_fits(item: Item, choice: str) -> bool:
    """Whether the recipe holds for a choice; one that it can not read does not fit."""
    if item.solve == "stdout":
        return grade(item, solution(item)).normalised == choice
    try:
        return bool(solution(item, c=choice))
    except (ValueError, TypeError):
        return False


def test_most_of_what_code_can_solve_is_solved_by_code() -> None:
    assert len(SOLVED) >= 180
