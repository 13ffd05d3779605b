"""Looks at a course as a whole: what a reader of single tables can not see.

Prerequisites that form a circle, items without an answer that their own grader takes,
ladders that do not end at the answer, misconceptions that nothing exposes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext

from tutor.content.course import Item
from tutor.content.grading import grade
from tutor.content.numerals import ratio
from tutor.content.ordered import MOST
from tutor.content.problems import Report
from tutor.content.quantities import given_in
from tutor.content.reading import Draft, read
from tutor.content.short_text import normal


def validate(files: Mapping[str, str], report: Report) -> Draft:
    """Read a course and check it; the course is sound if the report stays empty."""
    draft = read(files, report)
    check(draft, report)
    return draft


def check(draft: Draft, report: Report) -> None:
    """Report what is wrong with a course that was read."""
    card = draft.where.get(("course", ""))
    file, line = (card.file, card.line) if card else ("", 0)
    if not draft.concepts:
        report.add(file, line, gettext("The course has no concept."))
    elif not draft.items:
        report.add(file, line, gettext("The course has no item."))
    _check_prerequisites(draft, report)
    _check_concepts(draft, report)
    _check_misconceptions(draft, report)
    for item in draft.items.values():
        _ItemCheck(draft, item, report).run()


def _check_prerequisites(draft: Draft, report: Report) -> None:
    for concept in draft.concepts.values():
        table = draft.where["concept", concept.slug]
        for slug in concept.prerequisites:
            if slug not in draft.concepts:
                line = table.line_of("prerequisites")
                report.add(
                    table.file,
                    line,
                    gettext('There is no concept "%(slug)s".') % {"slug": slug},
                )
    done: set[str] = set()
    for slug in draft.concepts:
        circle = _circle(draft, slug, done)
        if circle:
            table = draft.where["concept", circle[0]]
            way = " needs ".join(circle)
            line = table.line_of("prerequisites")
            report.add(
                table.file,
                line,
                gettext("Prerequisites form a circle: %(way)s.") % {"way": way},
            )


def _circle(draft: Draft, start: str, done: set[str]) -> list[str]:
    """A circle reachable from a concept, without recursion: courses may be long."""
    way: list[str] = []
    stack: list[tuple[str, int]] = [(start, 0)]
    while stack:
        slug, place = stack.pop()
        if place == 0:
            if slug in done:
                continue
            way.append(slug)
        needs = [p for p in draft.concepts[slug].prerequisites if p in draft.concepts]
        if place >= len(needs):
            done.add(slug)
            way.pop()
            continue
        stack.append((slug, place + 1))
        if needs[place] in way:
            found = [*way[way.index(needs[place]) :], needs[place]]
            done.update(way)
            return found
        stack.append((needs[place], 0))
    return []


def _check_concepts(draft: Draft, report: Report) -> None:
    used = {item.concept for item in draft.items.values()}
    for slug in draft.concepts.keys() - used:
        table = draft.where["concept", slug]
        report.add(
            table.file,
            table.line,
            gettext('The concept "%(slug)s" has no item.') % {"slug": slug},
        )


def _check_misconceptions(draft: Draft, report: Report) -> None:
    distracting = {m for i in draft.items.values() for m in i.distractors.values()}
    probed = {item.probe_for for item in draft.items.values()}
    for slug, misconception in draft.misconceptions.items():
        table = draft.where["misconception", slug]
        if misconception.concept not in draft.concepts:
            line = table.line_of("concept")
            message = gettext('There is no concept "%(concept)s".') % {
                "concept": misconception.concept
            }
            report.add(table.file, line, message)
        if slug not in distracting:
            message = gettext('No item has a wrong answer that betrays "%(slug)s".') % {
                "slug": slug
            }
            report.add(table.file, table.line, message)
        if slug not in probed:
            message = gettext('No item is a probe for "%(slug)s" (probe_for).') % {
                "slug": slug
            }
            report.add(table.file, table.line, message)


class _ItemCheck:
    """The checks of one item."""

    def __init__(self, draft: Draft, item: Item, report: Report) -> None:
        self.draft = draft
        self.item = item
        self.report = report
        self.table = draft.where["item", item.slug]

    def run(self) -> None:
        item = self.item
        if item.concept and item.concept not in self.draft.concepts:
            self.wrong(
                "concept",
                gettext('There is no concept "%(concept)s".')
                % {"concept": item.concept},
            )
        for slug in item.exposes - self.draft.misconceptions.keys():
            key = "probe_for" if slug == item.probe_for else "distractors"
            self.wrong(
                key, gettext('There is no misconception "%(slug)s".') % {"slug": slug}
            )
        if item.probe_for and item.probe_for not in item.distractors.values():
            message = gettext(
                'No wrong answer here betrays "%(probe_for)s", its probe.'
            ) % {"probe_for": item.probe_for}
            self.wrong("probe_for", message)
        if item.answer and self.answer():
            self.distractors()
            self.ladder()

    def answer(self) -> bool:
        """Whether there is an answer that the rest can be held against."""
        item = self.item
        if item.kind in ("choice", "order"):
            folded = [normal(choice, exact=True) for choice in item.choices]
            if not 2 <= len(folded) <= MOST:
                self.wrong(
                    "choices",
                    gettext("There must be 2 to %(MOST)s choices.") % {"MOST": MOST},
                )
                return False
            if len(set(folded)) < len(folded) or "" in folded:
                self.wrong(
                    "choices", gettext("Two choices are the same, or one is empty.")
                )
                return False
        if item.kind == "choice" and item.answer not in item.choices:
            self.wrong("answer", gettext("The answer is none of the choices."))
            return False
        verdict = grade(item, item.answer)
        if not verdict.right:
            message = f"The item's own grader does not take its answer. {verdict.why}"
            self.wrong("answer", message.strip())
            return False
        for other in item.accepts:
            if not grade(item, other).right:
                self.wrong(
                    "accepts",
                    gettext('The grader does not take "%(other)s".') % {"other": other},
                )
        return True

    def distractors(self) -> None:
        item = self.item
        for wrong, slug in item.distractors.items():
            if item.kind == "choice" and wrong not in item.choices:
                self.wrong(
                    "distractors",
                    gettext('"%(wrong)s" is none of the choices.') % {"wrong": wrong},
                )
                continue
            verdict = grade(item, wrong)
            if verdict.right:
                self.wrong(
                    "distractors",
                    gettext('"%(wrong)s" is graded as right.') % {"wrong": wrong},
                )
            elif verdict.misconception != slug:
                message = gettext(
                    'The grader does not find "%(slug)s" in "%(wrong)s".'
                ) % {"slug": slug, "wrong": wrong}
                self.wrong("distractors", message)

    def ladder(self) -> None:
        hints = self.item.hints
        if not hints or hints[-1].rung != "answer":
            return  # reported where it was read
        if not tells(self.item, hints[-1].text):
            self.wrong(
                "worked",
                gettext("The last step of the ladder does not say the answer."),
            )

    def wrong(self, key: str, message: str) -> None:
        self.report.add(self.table.file, self.table.line_of(key), message)


def _as_word(answer: str) -> str:
    """A pattern of the answer that does not find 3 in 32."""
    left = r"(?<![\w.])" if answer[:1].isalnum() else ""
    right = r"(?!\w|\.\d)" if answer[-1:].isalnum() else ""
    return f"{left}{re.escape(answer)}{right}"


def tells(item: Item, text: str) -> bool:
    """Whether a text says the answer of an item."""
    low = normal(text, exact=True).casefold()
    if item.kind == "order":
        lines = [normal(line, exact=True) for line in item.answer.split("\n")]
        places = [low.find(line.casefold()) for line in lines]
        return -1 not in places and places == sorted(places)
    if re.search(_as_word(normal(item.answer, exact=True).casefold()), low):
        return True
    if item.kind != "numeric":
        return False
    words = text.replace("**", "").replace("$", " ")
    if wanted := ratio(item.answer):
        return any(ratio(part.strip(" .,")) == wanted for part in words.split("="))
    value = given_in(item.answer, item.unit)
    return any(
        r.value == v.value
        for part in words.split()
        for r in given_in(part.strip(" .,;:()"), item.unit)
        for v in value
    )
