"""The quiet line under each reply, and the marks in it: what memory did in that turn.

Plain values, ready for the templates. A mark claims "used" only of what the evaluator
found used; nothing says "saved" of an atom that the service has not confirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from chatapp.memories.ledger import LIVE
from chatapp.memories.models import Anchor, StepStatus
from chatapp.memories.off_record import COVERED, NOTE

FAILED = (StepStatus.FAILED, StepStatus.DISCARDED, StepStatus.OFF_RECORD)

# Written out: these two are asked whenever a conversation changes, for each open page.
# The marks are those of all parts of a reply that was continued.
LINES = f"""
    SELECT record.generation_id, record.failure,
           record.prompt_first, record.prompt_covered,
           (SELECT ARRAY[count(*) FILTER (WHERE atom.state = 'saved'),
                         count(*) FILTER (WHERE atom.state = 'waiting')]
            FROM memories_atom AS atom WHERE atom.brought_by_id = record.id),
           (SELECT {COVERED} FROM conversations_generation AS generation
            JOIN conversations_message AS reply ON reply.id = generation.message_id
            JOIN conversations_message AS asked ON asked.id = reply.parent_id
            WHERE generation.id = record.generation_id AND record.learnt_at IS NULL),
           ARRAY(SELECT ARRAY[step.name, step.status, step.detail]
                 FROM memories_turnstep AS step WHERE step.record_id = record.id
                   AND step.name IN ('learn', 'extract', 'store')),
           (SELECT pause.told FROM memories_pause AS pause),
           (SELECT json_agg(json_build_array(
                       atom.id, atom.maas_id, atom.label, atom.used, atom.wrong,
                       part.base, part.citations)
                   ORDER BY part.created_at, atom.position)
            FROM conversations_generation AS part
            JOIN memories_turnrecord AS told ON told.generation_id = part.id
            JOIN memories_turnatom AS atom ON atom.record_id = told.id
            WHERE part.message_id = newest.message_id AND (atom.used OR atom.cited))
    FROM memories_turnrecord AS record
    JOIN conversations_generation AS newest ON newest.id = record.generation_id
    WHERE record.generation_id = ANY(%s)
"""
MOST_COUNTED = 100
COUNT = f"SELECT count(*) FROM ({LIVE} LIMIT {MOST_COUNTED}) AS live"

Judged = tuple[int, str, str, bool, str, int, list[tuple[str, int]]]
"""A row's id, the service's id, label, used, wrong; where its part begins and cites."""


@dataclass(frozen=True)
class Chip:
    """A memory that a reply named or used. `id` is the turn's row of it.

    `offsets` are where its markers stood in the message's text; none for one that the
    reply used without a marker. `used` is the evaluator's word, `wrong` the person's.
    """

    id: int
    number: int
    offsets: tuple[int, ...]
    used: bool
    wrong: bool

    @property
    def name(self) -> str:
        """What a screen reader says."""
        if self.wrong:
            return gettext("Memory %(n)s, wrong here, as you said") % {"n": self.number}
        if self.used:
            return gettext("Memory %(n)s, used here") % {"n": self.number}
        said = gettext("Memory %(n)s, named here, not borne out by the words")
        return said % {"n": self.number}


@dataclass(frozen=True)
class MemoryLine:
    """What memory did in a turn. `chips` are in reading order.

    `asks` is how many atoms wait for the person's answer.
    `waiting` and `failed` say why nothing was learnt from it yet, or will be.
    `first` is the oldest message that its prompt held word for word, None when that was
    all of them; `has_summary` that it was told in short what stood above.
    """

    chips: tuple[Chip, ...] = ()
    reason: str = ""
    first: UUID | None = None
    has_summary: bool = False
    saved: int = 0
    asks: int = 0
    learning: bool = False
    waiting: str = ""
    failed: str = ""

    @property
    def used(self) -> int:
        """How many memories the reply used."""
        return sum(chip.used for chip in self.chips)


def memory_lines(generation_ids: Sequence[UUID]) -> dict[UUID, MemoryLine]:
    """The memory line of each of these replies, if memory has a record of it."""
    if not generation_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LINES, [list(generation_ids)])
        rows = cursor.fetchall()
    lines = {}
    for (
        generation_id,
        failure,
        first,
        covered,
        counts,
        off,
        listed,
        paused,
        judged,
    ) in rows:
        steps = {name: (status, detail) for name, status, detail in listed}
        waits = not {"store", "learn"} & steps.keys()
        lines[generation_id] = MemoryLine(
            chips=chips(judged or ()),
            reason=failure,
            first=first,
            has_summary=covered > 0,
            saved=counts[0],
            asks=counts[1],
            learning=waits and not paused and not off,
            waiting=(waits and not off and paused) or _why(steps, {StepStatus.WAITING}),
            failed=_why(steps, FAILED) or (NOTE if waits and off else ""),
        )
    return lines


def chips(judged: Sequence[Judged]) -> tuple[Chip, ...]:
    """One chip for each memory, numbered as the reply comes to them.

    What was used without a marker comes last. A memory that two parts of a reply used
    is one chip, with the places of both.
    """
    first: dict[str, int] = {}
    places: dict[str, set[int]] = {}
    used: dict[str, bool] = {}
    wrong: dict[str, bool] = {}
    for row_id, maas_id, label, is_used, said, base, citations in judged:
        first.setdefault(maas_id, row_id)
        places.setdefault(maas_id, set()).update(
            base + offset for cited, offset in citations if cited == label
        )
        used[maas_id] = used.get(maas_id, False) or is_used
        wrong[maas_id] = wrong.get(maas_id, False) or bool(said)
    order = sorted(first, key=lambda key: (not places[key], min(places[key] or {0})))
    return tuple(
        Chip(first[key], number, tuple(sorted(places[key])), used[key], wrong[key])
        for number, key in enumerate(order, start=1)
    )


def count(anchor: Anchor, hidden: Sequence[UUID] = ()) -> int:
    """How many confirmed atoms of this scope are live, `hidden` conversations aside.

    Counted up to `MOST_COUNTED`: each page of a conversation asks.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"anchor": anchor.pk, "hidden": list(hidden)})
        return int(cursor.fetchone()[0])


def badge(counted: int) -> int | str:
    """The number beside Memory."""
    return counted if counted < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def _why(steps: dict[str, tuple[str, str]], states: Collection[str]) -> str:
    """Why something was not learnt, in the words for the person; "" when all is well."""
    for name in ("learn", "extract", "store"):
        status, detail = steps.get(name, ("", ""))
        if status in states:
            return detail
    return ""
