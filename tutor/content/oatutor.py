"""Reads courses in OATutor's content format into the same values as our own.

Problems with steps become items, hints and scaffolds become nudges in the order of
their dependencies, skills become concepts (`skillModel.json`). What has no equal here
is left out and noted, with file and line: pictures, variables that are filled in at
random, several right choices at once, answers that our graders can not compare.
Format: the content-pool of CAHLR/OATutor-Content (documentation and files of 2026).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from tutor.content.course import Concept, Form, Hint, Item, Kind
from tutor.content.grading import grade
from tutor.content.numerals import readings
from tutor.content.problems import Report
from tutor.content.reading import Draft
from tutor.content.tables import Table

_STEP = re.compile(r"(?:^|.*/)([^/]+)/steps/([^/]+)/\2\.json\Z")
_PICTURE = re.compile(r"##[^#]+##")
_VARIABLE = re.compile(r"@\{")
_GENERAL = "general"
MOST_HINTS = 40
"""Hints of one step that are read; eight of them become nudges."""


@dataclass(frozen=True)
class _Json:
    """One file: its value, its text and where a key stands in it."""

    file: str
    text: str
    value: Any

    def line_of(self, key: str) -> int:
        place = self.text.find(f'"{key}"')
        return self.text.count("\n", 0, place) + 1 if place >= 0 else 1


def is_oatutor(files: Mapping[str, str]) -> bool:
    """Whether files look like a content pool of OATutor."""
    return any(_STEP.match(name) for name in files)


def read_oatutor(files: Mapping[str, str], report: Report, notes: Report) -> Draft:
    """Read a content pool. Errors go to the report, what was left out to the notes."""
    pool = _Pool(files, report, notes)
    pool.read()
    return pool.draft


class _Pool:
    """A content pool while it is read."""

    def __init__(self, files: Mapping[str, str], report: Report, notes: Report) -> None:
        self.files = files
        self.report = report
        self.notes = notes
        self.draft = Draft()
        self.skills: dict[str, list[str]] = {}

    def read(self) -> None:
        self._skills()
        steps = sorted(match for name in self.files if (match := self._step(name)))
        for name, problem, step in steps:
            self._item(name, problem, step)
        title = self._title()
        self.draft.card = {"slug": _slug(title), "title": title}
        table = Table("coursePlans.json", 0, {}, {})
        self.draft.where["course", ""] = table
        if not self.draft.items:
            self.report.add("", 0, _("No problem of this pool can be used here."))

    def _step(self, name: str) -> tuple[str, str, str] | None:
        found = _STEP.match(name)
        return (name, found[1], found[2]) if found else None

    def _skills(self) -> None:
        found = self._json_named("skillModel.json")
        if found is None:
            return
        if not isinstance(found.value, dict):
            self.report.add(found.file, 1, _("This must be an object: step to skills."))
            return
        for step, skills in found.value.items():
            if isinstance(skills, list) and all(isinstance(s, str) for s in skills):
                self.skills[step] = skills
            else:
                message = _("The skills of a step must be a list of texts.")
                self.report.add(found.file, found.line_of(step), message)

    def _title(self) -> str:
        plans = self._json_named("coursePlans.json")
        if plans is not None and isinstance(plans.value, list):
            for plan in plans.value:
                if isinstance(plan, dict) and isinstance(plan.get("courseName"), str):
                    return str(plan["courseName"])[:120]
        return self.course_name[:120]

    course_name = "OATutor course"

    def _json_named(self, wanted: str) -> _Json | None:
        names = [n for n in self.files if PurePosixPath(n).name == wanted]
        return self._json(names[0]) if names else None

    def _json(self, name: str) -> _Json | None:
        text = self.files[name]
        try:
            return _Json(name, text, json.loads(text))
        except json.JSONDecodeError as error:
            message = _("This is no valid JSON: %(what)s.") % {"what": error.msg}
            self.report.add(name, error.lineno, message)
        except (RecursionError, ValueError):
            self.report.add(name, 0, _("This JSON can not be read."))
        return None

    def _object(self, name: str) -> _Json | None:
        found = self._json(name)
        if found is not None and not isinstance(found.value, dict):
            self.report.add(name, 1, _("This must be an object."))
            return None
        return found

    def _item(self, name: str, problem: str, step: str) -> None:
        found = self._object(name)
        if found is None:
            return
        slug = _slug(step)
        if ("item", slug) in self.draft.where:
            self._note(found, "id", _("This step occurs twice."))
            return
        item = self._made(found, slug, self._asked(name, problem, found), step)
        if item is None:
            return
        verdict = grade(item, item.answer)
        if not verdict.right:
            message = _("Our grader can not compare its answer %(answer)s.")
            self._note(found, "stepAnswer", message % {"answer": item.answer[:60]})
            return
        self.draft.items[slug] = item
        self.draft.where["item", slug] = Table(name, 1, {}, {})

    def _asked(self, name: str, problem: str, step: _Json) -> str:
        """What the learner reads: the problem's text and the step's."""
        parts = []
        home = name.split(f"{problem}/steps/", 1)[0]
        above = f"{home}{problem}/{problem}.json"
        if above in self.files and (about := self._object(above)):
            parts += [about.value.get("title"), about.value.get("body")]
            course = about.value.get("courseName")
            if isinstance(course, str) and course and not course.startswith("!!"):
                self.course_name = course
        parts += [step.value.get("stepTitle"), step.value.get("stepBody")]
        texts = [_maths(p.strip()) for p in parts if isinstance(p, str) and p.strip()]
        return "\n\n".join(dict.fromkeys(texts))

    def _made(self, step: _Json, slug: str, prompt: str, name: str) -> Item | None:
        value = step.value
        answers = value.get("stepAnswer")
        if not isinstance(answers, list) or not answers:
            self.report.add(
                step.file, step.line_of("stepAnswer"), _("There is no answer.")
            )
            return None
        if not all(isinstance(answer, str) and answer.strip() for answer in answers):
            message = _("The answers must be texts, and none of them empty.")
            self.report.add(step.file, step.line_of("stepAnswer"), message)
            return None
        if not prompt:
            self.report.add(
                step.file, step.line_of("stepTitle"), _("Nothing is asked.")
            )
            return None
        if value.get("variabilization") or _VARIABLE.search(prompt):
            self._note(step, "variabilization", _("It has variables."))
            return None
        if _PICTURE.search(prompt):
            self._note(step, "stepTitle", _("It needs a picture."))
            return None
        answer = _maths(answers[0].strip())
        choices: tuple[str, ...] = ()
        kind: Kind = "numeric" if readings(answer) else "text"
        form: Form = "" if kind == "numeric" else "exact"
        if value.get("problemType") == "MultipleChoice":
            kind, form = "choice", ""
            if value.get("answerType") == "MultipleSelect" or len(answers) > 1:
                self._note(step, "stepAnswer", _("Several choices are right at once."))
                return None
            given = value.get("choices")
            if not isinstance(given, list) or not all(
                isinstance(c, str) for c in given
            ):
                message = _("The choices must be a list of texts.")
                self.report.add(step.file, step.line_of("choices"), message)
                return None
            choices = tuple(dict.fromkeys(_maths(c.strip()) for c in given))
            if answer not in choices or not 2 <= len(choices) <= 26:
                message = _("The answer is none of the choices.")
                self.report.add(step.file, step.line_of("choices"), message)
                return None
        accepts = (
            tuple(_maths(a.strip()) for a in answers[1:]) if kind == "text" else ()
        )
        return Item(
            slug=slug,
            concept=self._concept(name),
            kind=kind,
            prompt=prompt,
            answer=answer,
            choices=choices,
            accepts=accepts,
            hints=self._ladder(step, name, answer),
            form=form,
        )

    def _concept(self, step: str) -> str:
        skill = next(iter(self.skills.get(step, [])), _GENERAL)
        slug = _slug(skill)
        if slug not in self.draft.concepts:
            title = skill.replace("_", " ").replace("-", " ").strip().capitalize()
            explanation = _("A skill of the imported course: %(title)s.")
            self.draft.concepts[slug] = Concept(
                slug=slug, title=title[:120], explanation=explanation % {"title": title}
            )
            self.draft.where["concept", slug] = Table("skillModel.json", 0, {}, {})
        return slug

    def _ladder(self, step: _Json, name: str, answer: str) -> tuple[Hint, ...]:
        file = f"{step.file.rsplit('/', 1)[0]}/tutoring/{name}DefaultPathway.json"
        found = self._json(file) if file in self.files else None
        texts: list[str] = []
        if found is not None and isinstance(found.value, list):
            texts = [_step_text(each) for each in _by_dependency(found.value)]
        elif found is not None:
            self.report.add(file, 1, _("A pathway must be a list of hints."))
        last = _("The answer is %(answer)s.") % {"answer": answer}
        nudges = [text for text in texts if text and not _PICTURE.search(text)]
        return tuple(
            Hint(level, text, "answer" if text is last else "nudge")
            for level, text in enumerate([*nudges[:8], last], start=1)
        )

    def _note(self, step: _Json, key: str, why: str) -> None:
        message = _("Left out: %(why)s") % {"why": why}
        self.notes.add(step.file, step.line_of(key), message)


def _by_dependency(hints: list[Any]) -> list[dict[str, Any]]:
    """The hints, each behind those that it depends on; a circle keeps its order."""
    waiting = [hint for hint in hints[:MOST_HINTS] if isinstance(hint, dict)]
    names = {str(hint.get("id")) for hint in waiting}
    placed: list[dict[str, Any]] = []
    done: set[str] = set()
    while waiting:
        free = next((h for h in waiting if _needs(h) & names <= done), waiting[0])
        placed.append(free)
        done.add(str(free.get("id")))
        waiting.remove(free)
    return placed


def _needs(hint: dict[str, Any]) -> set[str]:
    needs = hint.get("dependencies")
    return {str(need) for need in needs} if isinstance(needs, list) else set()


def _step_text(hint: dict[str, Any]) -> str:
    """A hint's text; a scaffold's question comes with its answer."""
    parts = [str(hint.get("text") or hint.get("title") or "").strip()]
    answers = hint.get("hintAnswer")
    if hint.get("type") == "scaffold" and isinstance(answers, list) and answers:
        parts.append(f"({answers[0]})")
    return _maths(" ".join(part for part in parts if part))


def _maths(text: str) -> str:
    """OATutor writes formulas in a line between two dollar signs, we between one."""
    return text.replace("$$", "$")


def _slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain[:50].strip("-") or _GENERAL
