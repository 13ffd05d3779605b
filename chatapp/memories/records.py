"""Writes the record of a turn: what was retrieved, injected, and why nothing was.

Called while the reply streams, so that a record exists even when the process dies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from chatapp.memories import steps
from chatapp.memories.models import StepStatus, TurnRecord, TurnStep
from chatapp.pipeline import tell
from memory.errors import AnchorageError
from memory.notes import Injected
from memory.prompt import Part, Prompt
from memory.recall import Recollection, Remembered, reason
from memory.scene import BARE, Lore, Scene
from memory.storable import storable

LEFT_BEHIND = gettext_noop(
    "Left behind before it was learnt from; choosing it again makes up for it."
)
OVER = (
    StepStatus.FAILED,
    StepStatus.LEFT,
    StepStatus.OFF_RECORD,
    StepStatus.DISCARDED,
)
"""Of the step "learn": there is nothing to do, unless somebody says so."""

# Written out, a turn's whole record in one statement: it is written while the first
# words of the reply are on their way. One row for each atom that the turn came across,
# in the order it saw them; the ledger's own id beside the service's.
BLANK = "final, final_reason, stray, rejected, created_at"
NOTHING = "false, '', '[]', '[]', now()"
OPEN = f"""
    WITH record AS (
        INSERT INTO memories_turnrecord
               (generation_id, anchor_id, session_id, failure, failure_detail,
                prompt_tokens, prompt_messages, prompt_parts, prompt_dropped,
                prompt_covered, prompt_first, prompt_trimmed, prompt_lore,
                prompt_summary, {BLANK})
        VALUES (%(generation)s, %(anchor)s, %(session)s, %(failure)s,
                %(failure_detail)s, %(prompt_tokens)s, %(prompt_messages)s,
                %(prompt_parts)s::jsonb, %(prompt_dropped)s, %(prompt_covered)s,
                %(prompt_first)s, %(prompt_trimmed)s::jsonb, %(prompt_lore)s::jsonb,
                %(prompt_summary)s, {NOTHING})
        ON CONFLICT (generation_id) DO NOTHING RETURNING id
    ), atoms AS (
        INSERT INTO memories_turnatom
               (record_id, position, atom_id, maas_id, content, atom_type, confidence,
                score, rank, label, fate, recalled, carried, injected,
                cited, used, verified, fed_back, verdict)
        SELECT record.id, seen.position, ledger.id, seen.id, seen.content, seen.type,
               seen.confidence, seen.score, seen.rank, seen.label, seen.fate,
               seen.recalled, seen.carried, seen.label <> '',
               false, false, false, false, ''
        FROM record CROSS JOIN unnest(
            %(positions)s::int[], %(ids)s::text[], %(contents)s::text[],
            %(types)s::text[], %(confidences)s::float8[], %(scores)s::float8[],
            %(ranks)s::int[], %(labels)s::text[], %(fates)s::text[],
            %(recalled)s::bool[], %(carried)s::bool[]
        ) AS seen (position, id, content, type, confidence, score, rank, label, fate,
                   recalled, carried)
        LEFT JOIN memories_atom AS ledger
               ON ledger.anchor_id = %(anchor)s AND ledger.maas_id = seen.id
    )
    INSERT INTO memories_turnstep ({steps.COLUMNS})
    SELECT record.id, step.name, step.status, step.ms, step.detail, now()
    FROM record CROSS JOIN (VALUES
        (1, 'recall', %(recall)s, %(recall_ms)s::float8, %(failure)s),
        (2, 'prompt', 'done', %(prompt_ms)s::float8, '')
    ) AS step (place, name, status, ms, detail) ORDER BY step.place
"""
OPEN_EMPTY = f"""
    INSERT INTO memories_turnrecord
           (generation_id, anchor_id, session_id, failure, failure_detail,
            prompt_tokens, prompt_messages, prompt_parts, prompt_dropped, {BLANK})
    VALUES (%(generation)s, %(anchor)s, '', '', '', 0, 0, '[]', 0, {NOTHING})
    ON CONFLICT (generation_id) DO NOTHING
"""
REPLIED = f"""
    INSERT INTO memories_turnstep ({steps.COLUMNS})
    SELECT id, 'reply', %(status)s, %(ms)s, %(detail)s, now()
    FROM memories_turnrecord WHERE generation_id = %(generation)s {steps.AGAIN}
"""


@dataclass(frozen=True)
class Recorded:
    """The first half of a turn, as it is written down. Times are milliseconds.

    `first` is the oldest message that the prompt had word for word, None when it had
    all of them.
    """

    recollection: Recollection
    prompt: Prompt
    recall_ms: float
    prompt_ms: float
    scene: Scene = BARE
    first: UUID | None = None


def open_record(generation_id: UUID, anchor_id: UUID, turn: Recorded) -> None:
    """Write the record of a turn whose prompt was sent; again changes nothing."""
    failure = turn.recollection.failure
    atoms = turn.recollection.atoms
    labels = {item.atom.atom_id: item.label for item in turn.prompt.injected}
    cut = {atom.atom_id for atom in turn.prompt.cut}
    values = {
        "generation": generation_id,
        "anchor": anchor_id,
        "session": turn.recollection.session_id or "",
        "failure": reason(failure) if failure else "",
        "failure_detail": str(failure) if failure else "",
        "prompt_tokens": turn.prompt.tokens,
        "prompt_messages": len(turn.prompt.messages),
        "prompt_parts": _as_json(turn.prompt.parts),
        "prompt_dropped": turn.prompt.dropped,
        "prompt_covered": turn.prompt.covered,
        "prompt_first": turn.first,
        "prompt_trimmed": _as_json(turn.prompt.trimmed),
        "prompt_lore": json.dumps([asdict(lore) for lore in turn.scene.lore]),
        "prompt_summary": _summary(turn),
        "recall": StepStatus.FAILED if failure else StepStatus.DONE,
        "recall_ms": turn.recall_ms,
        "prompt_ms": turn.prompt_ms,
        "positions": list(range(len(atoms))),
        "ids": [atom.atom_id for atom in atoms],
        "contents": [atom.content for atom in atoms],
        "types": [atom.atom_type for atom in atoms],
        "confidences": [atom.confidence for atom in atoms],
        "scores": [atom.score for atom in atoms],
        "ranks": [atom.rank for atom in atoms],
        "labels": [labels.get(atom.atom_id, "") for atom in atoms],
        "fates": ["cut" if a.atom_id in cut else a.fate for a in atoms],
        "recalled": [atom.recalled for atom in atoms],
        "carried": [atom.carried for atom in atoms],
    }
    tell(OPEN, values)


def _as_json(parts: Sequence[Part]) -> str:
    return json.dumps([[part.name, part.tokens, part.pieces] for part in parts])


def _summary(turn: Recorded) -> str:
    """The summary, if it stood in the prompt."""
    summary = turn.scene.summary
    return storable(summary.text) if summary and turn.prompt.covered else ""


def lore_told(record: TurnRecord) -> tuple[Lore, ...]:
    """What lorebooks brought into the prompt of this turn, or would have."""
    names = {field.name for field in fields(Lore)}
    return tuple(
        Lore(**{name: value for name, value in told.items() if name in names})
        for told in record.prompt_lore
    )


def note_reply(
    generation_id: UUID,
    anchor_id: UUID,
    *,
    ms: float,
    complete: bool,
    detail: str = "",
) -> None:
    """Write how the reply ended; a turn that never got to its prompt has a record too."""
    values = {
        "generation": generation_id,
        "anchor": anchor_id,
        "status": StepStatus.DONE if complete else StepStatus.FAILED,
        "ms": ms,
        "detail": detail,
    }
    tell(OPEN_EMPTY, values)
    tell(REPLIED, values)


def recollected(record: TurnRecord) -> tuple[Recollection, list[Injected]]:
    """The first half of a turn read back, for the half that learns from it."""
    atoms: list[Remembered] = []
    injected: list[Injected] = []
    for row in record.atoms.all():
        atom = Remembered(
            atom_id=row.maas_id,
            content=row.content,
            atom_type=row.atom_type,
            confidence=row.confidence,
            score=row.score,
            rank=row.rank,
            recalled=row.recalled,
            carried=row.carried,
        )
        atoms.append(atom)
        if row.injected:
            injected.append(Injected(row.label, atom))
    return Recollection(tuple(atoms), record.session_id or None), injected


def unfinished() -> QuerySet[TurnRecord]:
    """The records of ended turns that are still to be learnt from."""
    over = TurnStep.objects.filter(record=OuterRef("pk"), name="learn", status__in=OVER)
    return TurnRecord.objects.filter(
        ~Exists(over), learnt_at=None, generation__ended_at__isnull=False
    )


def due(generation_id: UUID) -> list[UUID]:
    """This turn, behind the earlier ones of its anchor; empty when it is learnt.

    Jobs run in the order of their anchor anyway. An earlier turn is left over when its
    job was lost, or when it failed and an operator has it tried again.
    """
    mine = TurnRecord.objects.filter(generation_id=generation_id).first()
    if mine is None:
        return [generation_id]
    turns = unfinished().filter(
        anchor_id=mine.anchor_id, created_at__lte=mine.created_at
    )
    return list(
        turns.order_by("created_at", "pk").values_list("generation_id", flat=True)
    )


def note_waiting(record: TurnRecord, error: AnchorageError) -> None:
    """Say on the record that learning waits, and for what."""
    told = error.user_message
    steps.close(record.pk, "learn", StepStatus.WAITING, told, cause=str(error))


def note_refused(record: TurnRecord, error: AnchorageError) -> None:
    """Say on the record that it will not be learnt from, and what was refused."""
    told = error.user_message
    steps.close(record.pk, "learn", StepStatus.FAILED, told, cause=str(error))


def note_broken(record: TurnRecord) -> None:
    """Say on the record that it will not be learnt from, through a fault of ours."""
    detail = gettext_noop(
        "Something went wrong on our side; the operator's log says what."
    )
    steps.close(record.pk, "learn", StepStatus.FAILED, detail)


def note_left_behind(record: TurnRecord) -> None:
    """Say on the record that its reply is not shown: nothing is learnt from it now."""
    steps.close(record.pk, "learn", StepStatus.LEFT, LEFT_BEHIND)


def chosen_again(conversation_id: UUID, position: int) -> list[tuple[UUID, UUID]]:
    """Take that note back from replies that are on this path from `position` on.

    Returns generation and anchor of each, to be learnt after all.
    """
    left = TurnStep.objects.filter(
        name="learn",
        status=StepStatus.LEFT,
        record__generation__message__pathentry__conversation=conversation_id,
        record__generation__message__pathentry__position__gte=position,
    )
    said = left.order_by("record__created_at")
    turns = list(said.values_list("record__generation_id", "record__anchor_id"))
    if turns:
        left.delete()
    return turns


def take_back_left_behind(generation_ids: Sequence[UUID]) -> None:
    """Take that note back from these turns: they are shown, and about to be learnt."""
    if generation_ids:
        TurnStep.objects.filter(
            name="learn",
            status=StepStatus.LEFT,
            record__generation_id__in=generation_ids,
        ).delete()


def done_learning(record: TurnRecord) -> None:
    """Everything was learnt: say so, and take a waiting note back."""
    with transaction.atomic():
        TurnStep.objects.filter(record=record, name="learn").exclude(
            status=StepStatus.DISCARDED
        ).delete()
        TurnRecord.objects.filter(pk=record.pk).update(learnt_at=timezone.now())
