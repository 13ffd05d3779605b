"""A turn along two axes of time: while the person waited, and afterwards.

Each bar is a step or a call, with its beginning and length in per cent of its half.
The steps of a half follow each other; calls stand where the clock saw them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatapp.memories.models import StepStatus, TurnCall, TurnStep

HALVES = (
    ("answer", _("While you waited"), ("recall", "prompt", "reply")),
    ("learn", _("Afterwards"), ("evaluate", "feedback", "extract", "store", "learn")),
)
LABELS = {
    "recall": _("Recall"),
    "prompt": _("Build the prompt"),
    "reply": _("Write the reply"),
    "evaluate": _("See what was used"),
    "feedback": _("Send feedback"),
    "extract": _("Find what to remember"),
    "store": _("Store it"),
    "learn": _("Learn from it"),
}
WORDS = {
    StepStatus.DONE: "",
    StepStatus.NONE: _("nothing to do"),
    StepStatus.STARTED: _("under way"),
    StepStatus.WAITING: _("waiting"),
    StepStatus.UNKNOWN: _("outcome unknown"),
    StepStatus.FAILED: _("failed"),
    StepStatus.LEFT: _("left behind"),
    StepStatus.OFF_RECORD: _("off the record"),
    StepStatus.DISCARDED: _("discarded"),
}
NOTHING_FOUND = _("nothing found")
"""Of an extraction that asked and found nothing: one that had nothing to ask says why."""
STEP_OF = {
    "/v1/recall": "recall",
    "/v1/memory/recall": "recall",
    "/v1/feedback": "feedback",
    "/v1/atoms": "store",
}
"""The step that a call of the memory service belongs to."""
LEAST = 0.6
"""Per cent: a quick step is still a visible step."""


@dataclass(frozen=True)
class Bar:
    """Where something lies in its half, in per cent; `mark` is its first token or byte."""

    begin: float
    width: float
    mark: float | None = None


@dataclass(frozen=True)
class CallShown:
    """A call in the waterfall; `id` is its row's."""

    id: int
    name: str
    status: str
    good: bool
    attempt: int
    ms: float
    bar: Bar


@dataclass(frozen=True)
class StepShown:
    """One step of a turn, how long it took, and the calls that it made.

    `word` says where it stands, "" when it is done.
    """

    name: str
    label: str
    ms: float | None
    status: str
    word: str
    detail: str
    bar: Bar | None
    calls: Sequence[CallShown]


@dataclass(frozen=True)
class HalfShown:
    """A half of a turn; `ms` is its length."""

    name: str
    label: str
    ms: float
    steps: Sequence[StepShown]


def waterfall(
    steps: Mapping[str, TurnStep],
    calls: Sequence[TurnCall],
    *,
    began_at: datetime,
    first_token_at: datetime | None,
) -> list[HalfShown]:
    """Both halves of a turn, as far as they have come.

    `began_at` is when the reply was asked for, `first_token_at` when its first words
    were there.
    """
    halves = []
    for name, label, names in HALVES:
        mine = [call for call in calls if call.half == name]
        there = [steps[step] for step in names if step in steps]
        if not there and not mine:
            continue
        start = _start(there, mine) or began_at
        length = max(
            sum(step.ms or 0.0 for step in there),
            *(_since(start, call.began_at) + call.ms for call in mine),
            1.0,
        )
        first = None
        if name == "answer" and first_token_at:
            first = _since(start, first_token_at)
        halves.append(
            HalfShown(
                name, str(label), length, _steps(there, mine, start, length, first)
            )
        )
    return halves


def _steps(
    steps: Sequence[TurnStep],
    calls: Sequence[TurnCall],
    start: datetime,
    length: float,
    first: float | None,
) -> list[StepShown]:
    shown = []
    at = 0.0
    names = {step.name for step in steps}
    for step in steps:
        mine = [call for call in calls if _step_of(call, names) == step.name]
        bar = None
        if step.ms is not None:
            mark = first if step.name == "reply" else None
            bar = _bar(at, step.ms, length, mark)
            at += step.ms
        shown.append(
            StepShown(
                name=step.name,
                label=str(LABELS.get(step.name, step.name)),
                ms=step.ms,
                status=step.status,
                word=_word(step),
                detail=step.detail,
                bar=bar,
                calls=[_call(call, start, length) for call in mine],
            )
        )
    return shown


def _word(step: TurnStep) -> str:
    asked = step.name == "extract" and not step.detail
    if asked and step.status == StepStatus.NONE:
        return str(NOTHING_FOUND)
    return str(WORDS[StepStatus(step.status)])


def _call(call: TurnCall, start: datetime, length: float) -> CallShown:
    at = _since(start, call.began_at)
    mark = None if call.first_ms is None else at + call.first_ms
    return CallShown(
        id=call.pk,
        name=f"{call.method} {path_of(call)}",
        status=str(call.status) if call.status else call.error or gettext("no answer"),
        good=not call.error,
        attempt=call.attempt,
        ms=call.ms,
        bar=_bar(at, call.ms, length, mark),
    )


def path_of(call: TurnCall) -> str:
    """The path of a call's address."""
    return "/" + call.url.partition("://")[2].partition("/")[2]


def _step_of(call: TurnCall, names: set[str]) -> str:
    if call.service == "model":
        step = "reply" if call.half == TurnCall.Half.ANSWER else "extract"
    else:
        first = "recall" if call.half == TurnCall.Half.ANSWER else "evaluate"
        path = path_of(call)
        known = next((s for p, s in STEP_OF.items() if path.startswith(p)), "")
        step = known or first
        if call.half == TurnCall.Half.LEARN and step == "recall":
            step = "store"  # an atom of unknown outcome is looked for
    # A step that was never finished has no row: what it called is shown all the same.
    return step if step in names else next(iter(sorted(names)), "")


def _bar(at: float, ms: float, length: float, mark: float | None) -> Bar:
    width = max(100 * ms / length, LEAST)
    begin = min(max(0.0, 100 * at / length), 100 - width)
    where = None if mark is None else min(max(0.0, 100 * mark / length), 100.0)
    return Bar(round(begin, 2), round(width, 2), where and round(where, 2))


def _start(steps: Sequence[TurnStep], calls: Sequence[TurnCall]) -> datetime | None:
    """When the half began: its first call, less the steps that came before that."""
    if not calls:
        return None
    first = min(calls, key=lambda call: call.began_at)
    its_step = _step_of(first, {step.name for step in steps})
    before = 0.0
    for step in steps:
        if step.name == its_step:
            break
        before += step.ms or 0.0
    return first.began_at - timedelta(milliseconds=before)


def _since(start: datetime, at: datetime) -> float:
    return (at - start) / timedelta(milliseconds=1)
