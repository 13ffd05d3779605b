"""A content pool of OATutor becomes a course; what has no equal is noted."""

from __future__ import annotations

import json
from typing import Any

from tutor.content.formats import read_any, reread
from tutor.content.grading import grade
from tutor.content.problems import Report
from tutor.content.reading import Draft

STEP: dict[str, Any] = {
    "id": "sum1a",
    "stepAnswer": ["$$\\frac{3}{4}$$"],
    "problemType": "TextBox",
    "answerType": "arithmetic",
    "stepTitle": "What is $$\\frac{1}{2}+\\frac{1}{4}$$?",
    "stepBody": "",
    "variabilization": {},
}
PATHWAY = [
    {
        "id": "h2",
        "type": "scaffold",
        "dependencies": ["h1"],
        "title": "t",
        "text": "How many quarters are a half?",
        "hintAnswer": ["$$2$$"],
    },
    {
        "id": "h1",
        "type": "hint",
        "dependencies": [],
        "title": "t",
        "text": "Cut the half.",
    },
]


def pool(*, step: dict[str, Any] | None = None, **more: str) -> dict[str, str]:
    home = "content-pool/sum1"
    about = {"id": "sum1", "title": "Adding", "body": "", "courseName": "Fractions"}
    files = {
        f"{home}/sum1.json": json.dumps(about),
        f"{home}/steps/sum1a/sum1a.json": json.dumps(step or STEP, indent=1),
        f"{home}/steps/sum1a/tutoring/sum1aDefaultPathway.json": json.dumps(PATHWAY),
        "skillModel.json": json.dumps({"sum1a": ["adding_fractions"]}),
        "coursePlans.json": json.dumps([{"courseName": "Fractions I", "lessons": []}]),
    }
    return files | more


def read(files: dict[str, str]) -> tuple[Draft, list[str], list[str]]:
    report, notes = Report(), Report()
    draft = read_any(files, report, notes)
    return draft, [str(p) for p in report], [str(n) for n in notes]


def test_a_step_becomes_an_item_with_its_ladder() -> None:
    draft, problems, notes = read(pool())
    assert (problems, notes) == ([], [])
    assert draft.card == {"slug": "fractions-i", "title": "Fractions I"}
    item = draft.items["sum1a"]
    assert item.kind == "numeric"
    assert item.prompt == "Adding\n\nWhat is $\\frac{1}{2}+\\frac{1}{4}$?"
    assert item.concept == "adding-fractions"
    assert draft.concepts[item.concept].title == "Adding fractions"
    assert [hint.text for hint in item.hints] == [
        "Cut the half.",
        "How many quarters are a half? ($2$)",
        "The answer is $\\frac{3}{4}$.",
    ]
    assert item.hints[-1].rung == "answer"
    assert grade(item, "0.75").right
    assert grade(item, "three quarters").right
    assert reread(pool()).items == draft.items


def test_a_choice_keeps_its_choices() -> None:
    step = STEP | {
        "problemType": "MultipleChoice",
        "answerType": "string",
        "stepAnswer": ["$$x>2$$"],
        "choices": ["$$x>2$$", "$$x<2$$", "neither"],
    }
    draft, problems, _ = read(pool(step=step))
    assert problems == []
    assert draft.items["sum1a"].choices == ("$x>2$", "$x<2$", "neither")
    assert grade(draft.items["sum1a"], "A").right


def test_an_expression_is_compared_as_text() -> None:
    draft, _, _ = read(pool(step=STEP | {"stepAnswer": ["$$3x+2$$", "$$2+3x$$"]}))
    item = draft.items["sum1a"]
    assert item.kind == "text"
    assert grade(item, "$2+3x$").right


def test_what_has_no_equal_is_left_out_with_its_line() -> None:
    other = "content-pool/sum2/steps/sum2a/sum2a.json"
    cases = {
        "variables": STEP | {"variabilization": {"a": ["1"]}},
        "a picture": STEP | {"stepTitle": "See ##figure1.gif##"},
        "right at once": STEP
        | {
            "problemType": "MultipleChoice",
            "answerType": "MultipleSelect",
            "choices": ["a", "b"],
            "stepAnswer": ["a", "b"],
        },
    }
    for why, step in cases.items():
        draft, problems, notes = read(pool() | {other: json.dumps(step, indent=1)})
        assert problems == []
        assert list(draft.items) == ["sum1a"]
        assert len(notes) == 1
        assert notes[0].startswith(f"{other}:")
        assert why in notes[0]


def test_errors_are_told_by_file_and_line() -> None:
    step = "content-pool/sum1/steps/sum1a/sum1a.json"
    broken = pool() | {step: '{\n "id": "x",\n "stepAnswer": [\n}'}
    assert read(broken)[1][-1].startswith(f"{step}:4: This is no valid JSON")
    none = read(pool(step={k: v for k, v in STEP.items() if k != "stepAnswer"}))[1]
    assert f"{step}:1: There is no answer." in none
    wrong = pool(step=STEP | {"stepAnswer": [""]})
    assert any("none of them empty" in text for text in read(wrong)[1])
    skills = pool() | {"skillModel.json": "[]"}
    assert read(skills)[1] == [
        "skillModel.json:1: This must be an object: step to skills."
    ]


def test_a_circle_of_hints_ends() -> None:
    hints = [
        {"id": "a", "dependencies": ["b"], "text": "first"},
        {"id": "b", "dependencies": ["a"], "text": "second"},
    ]
    home = "content-pool/sum1/steps/sum1a/tutoring/sum1aDefaultPathway.json"
    draft, _, _ = read(pool() | {home: json.dumps(hints)})
    texts = [hint.text for hint in draft.items["sum1a"].hints]
    assert texts[:2] == ["first", "second"]


def test_neither_format_is_told() -> None:
    assert "neither" in read({"x.json": "{}"})[1][0]
