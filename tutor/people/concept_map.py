"""The concepts of a course drawn by what builds on what, with what is believed of each.

Plain geometry in units of the drawing's own view box; the template makes SVG of it. A
disc's filling is the mastery, the halo around it how unsure that is: wide with nothing
seen, thin when much was. The same layout serves a phone (few columns) and a desk.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Protocol

RADIUS = 20.0
UNSURE = sqrt(1 / 12)
"""Standard deviation of knowing nothing: that of a uniform distribution."""
HALO = (1.0, 11.0)
TOP = 30.0
LINE, BELOW, GAP = 15.0, 24.0, 30.0
"""Of a label: between its lines, from its disc to the first, from the last to the next
row."""
GLYPH = 7.2
"""Width of a letter of the labels."""
MOST_LINES = 3


class Drawn(Protocol):
    """What the drawing needs to know of a concept."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def prerequisites(self) -> Sequence[str]: ...
    @property
    def mean(self) -> float: ...
    @property
    def sd(self) -> float: ...
    @property
    def n(self) -> int: ...


@dataclass(frozen=True)
class Node:
    """One concept: where its disc lies, how it is filled, and its label's lines.

    `fill` is the path of the filled part, empty for none; `halo` the width of the ring.
    """

    concept: Drawn
    x: float
    y: float
    fill: str
    halo: float
    lines: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Map:
    """The drawing: `edges` are paths from each prerequisite to what builds on it."""

    width: float
    height: float
    radius: float
    nodes: Sequence[Node]
    edges: Sequence[str]


def concept_map(concepts: Sequence[Drawn], *, columns: int, width: float) -> Map:
    """The map with at most `columns` concepts side by side."""
    places: dict[str, tuple[float, float]] = {}
    nodes: list[Node] = []
    y = TOP + RADIUS
    for row in _rows(concepts, columns):
        step = width / len(row)
        made = []
        for place, concept in enumerate(_untangled(row, places)):
            x = round(step * (place + 0.5), 1)
            places[concept.slug] = (x, y)
            made.append(_node(concept, x, y, width / columns))
        nodes += made
        lines = max(len(node.lines) for node in made)
        y += 2 * RADIUS + BELOW + LINE * (lines - 1) + GAP
    edges = [
        _edge(places[before], places[concept.slug])
        for concept in concepts
        for before in concept.prerequisites
        if before in places and places[before][1] < places[concept.slug][1]
    ]
    return Map(width, y - RADIUS, RADIUS, nodes, edges)


def _rows(concepts: Sequence[Drawn], columns: int) -> list[list[Drawn]]:
    """Concepts by how many others come before them; a long row is broken."""
    depths = _depths(concepts)
    found: list[list[Drawn]] = []
    for depth in sorted(set(depths.values())):
        row = [each for each in concepts if depths[each.slug] == depth]
        parts = -(-len(row) // columns)
        size = -(-len(row) // parts)
        found += [row[at : at + size] for at in range(0, len(row), size)]
    return found


def _depths(concepts: Sequence[Drawn]) -> dict[str, int]:
    """The longest way to each; a circle, which no valid course has, ends where it began."""
    before: Mapping[str, Sequence[str]] = {c.slug: c.prerequisites for c in concepts}
    depths: dict[str, int] = {}

    def depth(slug: str, above: frozenset[str]) -> int:
        if slug not in depths:
            ways = [
                depth(each, above | {slug}) + 1
                for each in before[slug]
                if each in before and each not in above and each != slug
            ]
            depths[slug] = max(ways, default=0)
        return depths[slug]

    for concept in concepts:
        depth(concept.slug, frozenset())
    return depths


def _untangled(
    row: Sequence[Drawn], places: Mapping[str, tuple[float, float]]
) -> list[Drawn]:
    """In the order of what they build on, so that fewer lines cross."""

    def middle(concept: Drawn) -> float:
        over = [places[slug][0] for slug in concept.prerequisites if slug in places]
        return sum(over) / len(over) if over else 0.0

    return sorted(row, key=middle)


def _node(concept: Drawn, x: float, y: float, room: float) -> Node:
    thin, wide = HALO
    halo = thin + (wide - thin) * min(1.0, concept.sd / UNSURE)
    lines = wrapped(concept.title, room * 0.94 / GLYPH)
    below = y + RADIUS + BELOW
    return Node(
        concept=concept,
        x=x,
        y=y,
        fill=filling(x, y, concept.mean) if concept.n else "",
        halo=round(halo, 1),
        lines=[(line, below + LINE * n) for n, line in enumerate(lines)],
    )


def filling(x: float, y: float, share: float, radius: float = RADIUS) -> str:
    """The path of a disc filled from below up to `share` of its height."""
    share = min(1.0, max(0.0, share))
    if share < 0.01:  # less than the width of a line
        return ""
    level = y + radius - 2 * radius * min(share, 0.999)
    half = sqrt(max(0.0, radius**2 - (level - y) ** 2))
    large = int(share > 0.5)  # the longer way around
    return (
        f"M{x - half:.1f} {level:.1f}"
        f"A{radius:g} {radius:g} 0 {large} 0 {x + half:.1f} {level:.1f}Z"
    )


def _edge(above: tuple[float, float], below: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = above, below
    y1, y2 = y1 + RADIUS, y2 - RADIUS - 4
    bend = (y2 - y1) / 2
    return f"M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}"


def wrapped(title: str, width: float) -> list[str]:
    """The title in at most three lines of `width` letters, cut with an ellipsis."""
    lines, line = [], ""
    for word in _pieces(title, width):
        longer = (
            f"{line} {word}" if line and not word.startswith("\u200b") else line + word
        )
        if line and _wide(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    lines = [text.replace("\u200b", "") for text in (*lines, line)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}…"]
    return lines


def _pieces(title: str, width: float) -> list[str]:
    """Words; one that is wider than a line, in parts that begin with U+200B."""
    found = []
    for word in title.split():
        part = ""
        for letter in word:
            if part and _wide(part + letter) > width:
                found.append(part)
                part = "\u200b"
            part += letter
        found.append(part)
    return found


def _wide(text: str) -> float:
    """Width in letters: those of East Asian scripts count twice."""
    return sum(
        0 if c == "\u200b" else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
