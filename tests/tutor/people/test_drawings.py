"""What is drawn: maps of any course, filled discs, calendars, lines that only rise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from tutor.people.calendar import Due, Sort, calendar
from tutor.people.concept_map import HALO, UNSURE, concept_map, filling, wrapped
from tutor.people.progress import Seen, progress

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()


@dataclass(frozen=True)
class Concept:
    slug: str
    prerequisites: tuple[str, ...] = ()
    mean: float = 0.5
    sd: float = UNSURE
    n: int = 0
    title: str = field(default="A concept with a rather long name")


def test_a_concept_stands_below_all_that_it_builds_on() -> None:
    concepts = [Concept("c", ("b", "a")), Concept("b", ("a",)), Concept("a")]
    drawn = {
        n.concept.slug: n.y for n in concept_map(concepts, columns=3, width=340).nodes
    }
    assert drawn["a"] < drawn["b"] < drawn["c"]


def test_a_long_row_is_broken_and_no_disc_leaves_the_drawing() -> None:
    concepts = [Concept(str(number)) for number in range(7)]
    found = concept_map(concepts, columns=3, width=340)
    assert len({node.y for node in found.nodes}) == 3
    for node in found.nodes:
        assert found.radius <= node.x <= found.width - found.radius
        assert node.lines[-1][1] <= found.height


def test_concepts_in_a_circle_are_drawn_all_the_same() -> None:
    concepts = [Concept("a", ("b",)), Concept("b", ("a",)), Concept("x", ("x", "gone"))]
    assert len(concept_map(concepts, columns=2, width=340).nodes) == 3


def test_the_halo_is_wide_when_nothing_is_known_and_thin_when_much_is() -> None:
    concepts = [Concept("a"), Concept("b", sd=0.0, n=50)]
    halos = {
        n.concept.slug: n.halo for n in concept_map(concepts, columns=2, width=9).nodes
    }
    assert (halos["b"], halos["a"]) == HALO


def test_a_disc_is_filled_from_below() -> None:
    assert filling(0, 0, 0.0) == ""
    assert filling(0, 0, 0.5, radius=10) == "M-10.0 0.0A10 10 0 0 0 10.0 0.0Z"
    assert "A10 10 0 1 0" in filling(0, 0, 0.9, radius=10)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        pytest.param("Routing tables", ["Routing tables"], id="short"),
        pytest.param(
            "Network and broadcast address",
            ["Network and", "broadcast", "address"],
            id="long",
        ),
        pytest.param(
            "Donaudampfschifffahrt", ["Donaudampfschi", "fffahrt"], id="one word"
        ),
        pytest.param(
            "서브넷 마스크와 호스트",
            ["서브넷", "마스크와", "호스트"],
            id="wide letters",
        ),
    ],
)
def test_a_title_is_broken_into_lines_that_fit(title: str, lines: list[str]) -> None:
    assert wrapped(title, 14) == lines


def test_a_very_long_title_ends_in_an_ellipsis() -> None:
    found = wrapped("one two three four five six seven", 5)
    assert len(found) == 3
    assert found[-1].endswith("…")


def test_what_is_overdue_stands_under_today_and_what_is_far_under_later() -> None:
    due = [
        Due(TODAY - timedelta(days=9), Sort.REVIEW, "old"),
        Due(TODAY + timedelta(days=3), Sort.PROBE, "soon"),
        Due(TODAY + timedelta(days=90), Sort.FOLLOW_UP, "far"),
    ]
    found = calendar(due, TODAY)
    assert [(d.on, [x.text for x in d.due]) for d in found.days] == [
        (TODAY, ["old"]),
        (TODAY + timedelta(days=3), ["soon"]),
    ]
    assert [each.text for each in found.later] == ["far"]
    assert found.weeks[0][0].on.weekday() == 0
    assert calendar([], date(2026, 1, 1)).is_empty


def test_the_lines_of_progress_only_rise() -> None:
    seen = [
        Seen(NOW - timedelta(days=9), first=True),
        Seen(NOW - timedelta(days=8), reached="Octets"),
        Seen(NOW - timedelta(days=1), first=True),
        Seen(NOW),
    ]
    found = progress(seen, 4, NOW)
    assert found is not None
    assert [mark.title for mark in found.marks] == ["Octets, 15 Nov"]
    assert [(r.answers, r.practised, r.reached) for r in found.rows] == [
        (2, 1, 1),
        (1, 2, 1),
        (1, 2, 1),
    ]
    assert progress([], 4, NOW) is None
