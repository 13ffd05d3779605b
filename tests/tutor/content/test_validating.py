"""What is wrong with a course is told by file and line, all of it at once."""

from __future__ import annotations

import re

import pytest

from tutor.content.problems import Report
from tutor.content.validating import validate
from tutor.course_pages import EXAMPLE

SOUND = {p.name: p.read_text(encoding="utf-8") for p in EXAMPLE.glob("*.toml")}
LENGTHS = "1-lengths.toml"


def problems_of(files: dict[str, str]) -> list[str]:
    report = Report()
    validate(files, report)
    return [str(problem) for problem in report]


def changed(old: str, new: str, file: str = LENGTHS) -> dict[str, str]:
    text = SOUND[file]
    assert old in text
    return SOUND | {file: text.replace(old, new, 1)}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_example_is_sound() -> None:
    assert problems_of(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        pytest.param(
            'answer = "300"', "", 'slug = "metres-to-centimetres"', '"answer" is missing',
            id="an item without an answer",
        ),
        pytest.param(
            'answer = "300"', 'answer = "many"', 'answer = "300"', "does not take its answer",
            id="an answer that is no number",
        ),
        pytest.param(
            'answer = "2 m"', 'answer = "3 m"', 'answer = "2 m"', "none of the choices",
            id="an answer that is no choice",
        ),
        pytest.param(
            'choices = ["2 m", "80 cm", "both alike"]', 'choices = ["2 m", "80 cm", "2 m"]',
            "choices =", "Two choices are the same", id="a choice twice",
        ),
        pytest.param(
            "three have 3 × 100 = 300", "three have more", 'worked = "One metre',
            "does not say the answer", id="a ladder that does not end at the answer",
        ),
        pytest.param(
            'probe_for = "ten-to-a-metre"  ', 'probe_for = "ten-to-metre"  ', "probe_for",
            'no misconception "ten-to-metre"', id="a probe for nothing",
        ),
        pytest.param(
            '{ "30" = "ten-to-a-metre" }', '{ "300.0" = "ten-to-a-metre" }',
            'distractors = { "30"', "graded as right", id="a distractor that is right",
        ),
        pytest.param(
            '{ "80 cm" = "ten-to-a-metre" }', '{ "8 cm" = "ten-to-a-metre" }',
            'distractors = { "80 cm"', "none of the choices", id="a distractor that is not shown",
        ),
        pytest.param(
            'prerequisites = ["centimetres"]', 'prerequisites = ["inches"]', "prerequisites",
            'no concept "inches"', id="an unknown prerequisite",
        ),
        pytest.param(
            'slug = "kilometres"', 'slug = "centimetres"', 'slug = "kilometres"',
            "stands already at 1-lengths.toml:3", id="a slug twice",
        ),
        pytest.param(
            'kind = "text"', 'kind = "essay"', 'kind = "text"', "must be one of numeric",
            id="an unknown kind",
        ),
        pytest.param(
            "hints = [\"Bring all", "hint = [\"Bring all", "hints = [\"Bring all",
            '"hint" is no known key', id="an unknown key",
        ),
        pytest.param(
            'unit = "cm"', "unit = [1]", 'unit = "cm"', '"unit" must be a text', id="a wrong type",
        ),
        pytest.param(
            'slug = "longer"', 'slug = "Longer one"', 'slug = "longer"', "only a-z, 0-9",
            id="a slug with spaces",
        ),
        pytest.param(
            'answer = "300"', 'answer = "300"\ntolerance = "1e999999999"', "probe_for",
            '"tolerance" must be a number', id="a tolerance that is no margin",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    old: str, new: str, at: str, told: str
) -> None:
    found = problems_of(changed(old, new))
    line = line_of(SOUND[LENGTHS], at)
    near = [
        text for text in found if re.match(rf"{LENGTHS}:({line - 1}|{line}):", text)
    ]
    assert any(told in text for text in near), found


def test_a_circle_of_prerequisites_is_told_with_its_way() -> None:
    files = changed(
        'slug = "centimetres"', 'slug = "centimetres"\nprerequisites = ["kilometres"]'
    )
    (told,) = problems_of(files)
    assert "centimetres needs kilometres needs centimetres" in told
    assert told.startswith(f"{LENGTHS}:5:")


def test_a_long_chain_of_prerequisites_breaks_nothing() -> None:
    concepts = [
        f'[[concepts]]\nslug = "c{n}"\ntitle = "t"\nexplanation = "e"\n'
        f'prerequisites = ["c{n - 1}"]\n'
        for n in range(1, 300)
    ]
    told = problems_of(SOUND | {"2-chain.toml": "\n".join(concepts)})
    assert any('no concept "c0"' in text for text in told)
    assert not any("circle" in text for text in told)


def test_a_misconception_needs_a_distractor_and_a_probe() -> None:
    extra = (
        '[[misconceptions]]\nslug = "lost"\nconcept = "kilometres"\n'
        'statement = "s"\ncorrection = "c"\n'
    )
    told = problems_of(SOUND | {"2-more.toml": extra})
    assert told == [
        '2-more.toml:1: No item has a wrong answer that betrays "lost".',
        '2-more.toml:1: No item is a probe for "lost" (probe_for).',
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[items]]\nslug = \n", 2),
        ('a = "unclosed', 1),
        ("x = 1\nx = 2\n", 2),
        ("x = " + "[" * 3000, 0),
        ("x = " + "9" * 5000, 0),
    ],
    ids=["no value", "no quote", "twice", "deep", "long number"],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    told = problems_of(SOUND | {"broken.toml": text})
    assert any(problem.startswith("broken.toml") for problem in told)
    if line:
        assert any(problem.startswith(f"broken.toml:{line}:") for problem in told)


def test_a_header_inside_a_text_counts_no_line() -> None:
    text = SOUND[LENGTHS] + (
        '\n[[items]]\nslug = "quoted"\nconcept = "kilometres"\nkind = "text"\n'
        'prompt = """\nWhat is this?\n\n[[items]]\nslug = "no"\n"""\n'
        'answer = "a table"\nhints = ["h"]\nworked = "nothing"\n'
    )
    (told,) = problems_of(SOUND | {LENGTHS: text})
    assert told.startswith(f"{LENGTHS}:{len(text.splitlines())}:")
    assert "does not say the answer" in told


def test_a_course_without_its_card_says_so() -> None:
    told = problems_of({LENGTHS: SOUND[LENGTHS]})
    assert told == ["course.toml: There is no course.toml that names the course."]
