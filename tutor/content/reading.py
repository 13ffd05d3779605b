"""Makes a course from its files: `course.toml`, and any number of others beside it.

The files are TOML; their `[[concepts]]`, `[[misconceptions]]` and `[[items]]` are put
together in the order of the files' names. Nothing of a file is ever run. What is wrong
goes to the report with file and line, and reading goes on, so that one upload tells
everything at once. `tutor.content.validating` then looks at the course as a whole.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.translation import gettext

from tutor.content.course import (
    FORMS,
    KINDS,
    Concept,
    CourseContent,
    Form,
    Hint,
    Item,
    Kind,
    Misconception,
)
from tutor.content.problems import Report
from tutor.content.tables import Table, tables

ROOT = "course.toml"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
LONGEST_SLUG = 50
LONGEST_TEXT = 6000
MOST = {"concepts": 300, "misconceptions": 600, "items": 3000}
"""What one course may have; more of it is a course of its own."""
_MARGIN = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?|\d{1,9}/[1-9]\d{0,8})\Z")
_COURSE = {
    *("slug", "title", "tutor_name", "tagline", "description", "look", "accent"),
    *("order", "starters", "greeting", "persona", "licence", "source"),
}
_CONCEPT = {"slug", "title", "explanation", "example", "prerequisites"}
_MISCONCEPTION = {"slug", "concept", "statement", "correction"}
_ITEM = {
    *("slug", "concept", "kind", "prompt", "answer", "accepts", "choices", "order"),
    *("hints", "similar", "worked", "probe_for", "distractors", "form", "unit"),
    *("tolerance", "solve"),
}


@dataclass
class Draft:
    """A course while it is read: what was found, and where each part stands."""

    card: dict[str, Any] = field(default_factory=dict)
    concepts: dict[str, Concept] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    misconceptions: dict[str, Misconception] = field(default_factory=dict)
    where: dict[tuple[str, str], Table] = field(default_factory=dict)

    @property
    def content(self) -> CourseContent:
        """The course, as far as it could be read."""
        return CourseContent(
            slug=str(self.card.get("slug", "")),
            title=str(self.card.get("title", "")),
            concepts=self.concepts,
            items=self.items,
            misconceptions=self.misconceptions,
        )


def read(files: Mapping[str, str], report: Report) -> Draft:
    """Read a course from the texts of its files by name."""
    draft = Draft()
    found: dict[str, list[Table]] = {"concepts": [], "misconceptions": [], "items": []}
    if ROOT not in files:
        report.add(ROOT, 0, gettext("There is no course.toml that names the course."))
    for file in sorted(files):
        parts = tables(file, files[file], report)
        for name, group in parts.items():
            if name in found:
                found[name] += group
            elif name:
                report.add(
                    file,
                    group[0].line,
                    gettext("[[%(name)s]] means nothing here.") % {"name": name},
                )
        if own := parts.get("", []):
            _card(own[0], draft, report)
    for name, most in MOST.items():
        if len(found[name]) > most:
            table = found[name][most]
            message = gettext(
                "There are more than %(most)s %(name)s in this course."
            ) % {"most": most, "name": name}
            report.add(table.file, table.line, message)
            del found[name][most:]
    for table in found["concepts"]:
        _concept(table, draft, report)
    for table in found["misconceptions"]:
        _misconception(table, draft, report)
    for table in found["items"]:
        _item(table, draft, report)
    return draft


def _card(table: Table, draft: Draft, report: Report) -> None:
    if table.file != ROOT:
        for key in table.values:
            message = gettext(
                '"%(key)s" belongs into course.toml, or below a [[...]].'
            ) % {"key": key}
            report.add(table.file, table.line_of(key), message)
        return
    row = _Row(table, report, _COURSE)
    draft.card = dict(table.values)
    slug = row.slug()
    title = row.text("title", required=True, longest=120)
    draft.card |= {"slug": slug, "title": title}
    for key in ("tutor_name", "tagline", "description", "greeting", "persona"):
        if text := row.text(key):
            draft.card[key] = text
    draft.where["course", ""] = table


def _concept(table: Table, draft: Draft, report: Report) -> None:
    row = _Row(table, report, _CONCEPT)
    slug = row.slug()
    if not row.is_new(draft, "concept", slug):
        return
    draft.concepts[slug] = Concept(
        slug=slug,
        title=row.text("title", required=True, longest=120),
        explanation=row.text("explanation", required=True),
        prerequisites=row.texts("prerequisites"),
        example=row.text("example"),
    )


def _misconception(table: Table, draft: Draft, report: Report) -> None:
    row = _Row(table, report, _MISCONCEPTION)
    slug = row.slug()
    if not row.is_new(draft, "misconception", slug):
        return
    draft.misconceptions[slug] = Misconception(
        slug=slug,
        concept=row.text("concept", required=True),
        statement=row.text("statement", required=True),
        correction=row.text("correction", required=True),
    )


def _item(table: Table, draft: Draft, report: Report) -> None:
    row = _Row(table, report, _ITEM)
    slug = row.slug()
    kind = row.one_of("kind", KINDS)
    form = row.one_of("form", FORMS, default="")
    if not row.is_new(draft, "item", slug) or not kind:
        return
    concept = row.text("concept", required=True)
    answer, choices = _answer(row, kind, slug)
    draft.items[slug] = Item(
        slug=slug,
        concept=concept,
        kind=cast("Kind", kind),
        prompt=row.text("prompt", required=True),
        answer=answer,
        choices=choices,
        accepts=row.texts("accepts"),
        hints=_ladder(row, draft.concepts.get(concept)),
        probe_for=row.text("probe_for") or None,
        distractors=row.pairs("distractors"),
        form=cast("Form", form),
        unit=row.text("unit", longest=20),
        tolerance=row.margin("tolerance"),
        solve=row.text("solve"),
    )


def _answer(row: _Row, kind: str, slug: str) -> tuple[str, tuple[str, ...]]:
    if kind != "order":
        choices = row.texts("choices", required=kind == "choice")
        return row.text("answer", required=True), choices
    right = row.texts("order", required=True)
    return "\n".join(right), shuffled(right, slug)


def shuffled(right: tuple[str, ...], slug: str) -> tuple[str, ...]:
    """The lines in an order of the item's own, the same each time, never the right."""
    lines = list(right)
    random.Random(slug).shuffle(lines)  # an order to show, no secret
    if tuple(lines) == right:
        lines = [*lines[1:], *lines[:1]]
    return tuple(lines)


def _ladder(row: _Row, concept: Concept | None) -> tuple[Hint, ...]:
    """The item's nudges, a similar case (else the concept's example), the answer."""
    steps = [(text, "nudge") for text in row.texts("hints", required=True)]
    similar = row.text("similar") or (concept.example if concept else "")
    if similar:
        steps.append((similar, "similar"))
    if worked := row.text("worked", required=True):
        steps.append((worked, "answer"))
    return tuple(
        Hint(level, text, cast("Any", rung))
        for level, (text, rung) in enumerate(steps, start=1)
    )


class _Row:
    """The typed values of one table; what has the wrong type is reported."""

    def __init__(self, table: Table, report: Report, known: set[str]) -> None:
        self.table = table
        self.report = report
        for key in table.values.keys() - known:
            close = ", ".join(sorted(known))
            self.wrong(
                key,
                gettext('"%(key)s" is no known key. Known are: %(close)s.')
                % {"key": key, "close": close},
            )

    def wrong(self, key: str, message: str) -> None:
        self.report.add(self.table.file, self.table.line_of(key), message)

    def slug(self) -> str:
        slug = self.text("slug", required=True, longest=LONGEST_SLUG)
        if slug and not SLUG.match(slug):
            self.wrong(
                "slug",
                gettext('"%(slug)s" may have only a-z, 0-9 and single hyphens.')
                % {"slug": slug},
            )
        return slug

    def is_new(self, draft: Draft, what: str, slug: str) -> bool:
        if not slug:
            return False
        if other := draft.where.get((what, slug)):
            place = f"{other.file}:{other.line}"
            self.wrong(
                "slug",
                gettext('The %(what)s "%(slug)s" stands already at %(place)s.')
                % {"what": what, "slug": slug, "place": place},
            )
            return False
        draft.where[what, slug] = self.table
        return True

    def text(
        self, key: str, *, required: bool = False, longest: int = LONGEST_TEXT
    ) -> str:
        value = self.table.values.get(key, "")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.wrong(key, gettext('"%(key)s" must be a text.') % {"key": key})
            return ""
        text = str(value).strip()
        if len(text) > longest:
            self.wrong(
                key,
                gettext('"%(key)s" is longer than %(longest)s characters.')
                % {"key": key, "longest": longest},
            )
            return text[:longest]
        if required and not text:
            self.wrong(key, gettext('"%(key)s" is missing.') % {"key": key})
        return text

    def margin(self, key: str) -> str:
        value = self.text(key, longest=20)
        if value and not _MARGIN.match(value):
            self.wrong(
                key,
                gettext('"%(key)s" must be a number such as 0.01 or 1/100.')
                % {"key": key},
            )
            return ""
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        value = self.table.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.wrong(
                key, gettext('"%(key)s" must be a list of texts.') % {"key": key}
            )
            return ()
        if required and not value:
            self.wrong(key, gettext('"%(key)s" is missing.') % {"key": key})
        return tuple(text.strip() for text in value)

    def pairs(self, key: str) -> dict[str, str]:
        value = self.table.values.get(key, {})
        if not isinstance(value, dict) or not all(
            isinstance(slug, str) for slug in value.values()
        ):
            self.wrong(
                key,
                gettext('"%(key)s" must give a misconception for each wrong answer.')
                % {"key": key},
            )
            return {}
        return {wrong.strip(): slug for wrong, slug in value.items()}

    def one_of(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self.text(key)
        if key not in self.table.values and default in allowed:
            return default
        if value not in allowed:
            names = ", ".join(name for name in allowed if name)
            self.wrong(
                key,
                gettext('"%(key)s" must be one of %(names)s.')
                % {"key": key, "names": names},
            )
            return ""
        return value
