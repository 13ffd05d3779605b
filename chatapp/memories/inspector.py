"""The record of one turn as its page shows it: the inspector, "Why this reply".

Plain values, ready for the templates. Nothing here says "saved" of an atom that the
service has not confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatapp.language.sentences import told
from chatapp.memories import off_record
from chatapp.memories.known_by import who
from chatapp.memories.models import StepStatus, TurnAtom, TurnRecord, TurnStep
from chatapp.memories.prompt_shown import PromptShown, prompt_shown
from chatapp.memories.waterfall import HalfShown, waterfall

FEEDBACK_WORDS = {
    StepStatus.DONE: _("the memory service confirmed it"),
    StepStatus.NONE: _("no memory was used in a way that could be verified"),
    StepStatus.UNKNOWN: _("the outcome is not known, and it is not sent twice"),
    StepStatus.FAILED: _("the memory service refused it"),
    StepStatus.STARTED: _("on its way"),
    StepStatus.WAITING: _("waiting"),
}

NOT_LEARNT = (
    StepStatus.FAILED,
    StepStatus.LEFT,
    StepStatus.OFF_RECORD,
    StepStatus.DISCARDED,
)

SIDES = (("with", _("With memory")), ("without", _("Without memory")))


@dataclass(frozen=True)
class RecallShown:
    """How the recall of a turn went; `ms` is milliseconds."""

    ms: float | None
    count: int
    failure: str
    session_id: str


@dataclass(frozen=True)
class TurnAtomShown:
    """One atom of a turn; `carried` means that it was kept at hand, not recalled.

    `shared_by` names the other character that knew it, where the person's share;
    `restraint`: it was used by what the reply left unsaid.
    """

    label: str
    content: str
    atom_type: str
    confidence: float | None
    score: float | None
    rank: int
    injected: bool
    cited: bool
    used: bool
    verified: bool
    fed_back: bool
    carried: bool
    shared_by: str
    fate: str
    verdict: str
    restraint: bool


@dataclass(frozen=True)
class FeedbackShown:
    """What was fed back; `sent` only when the service confirmed it."""

    sent: bool
    count: int
    status: str
    detail: str


@dataclass(frozen=True)
class StoredShown:
    """One atom that a turn brought, or (`merged`) proved once more."""

    content: str
    atom_type: str
    confidence: float
    quote: str
    state: str
    merged: bool


@dataclass(frozen=True)
class UsageShown:
    """The model's own count of tokens; None when it gave none.

    `per_second` is how fast it wrote, from its first words to its last.
    """

    prompt: int | None
    completion: int | None
    per_second: float | None


@dataclass(frozen=True)
class PartShown:
    """One generation of a reply that was continued: each has a record of its own."""

    number: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class TurnShown:
    """The record of one turn: "Why this reply".

    `can_compare`: there was memory in its prompt, and that prompt is on record still.
    `parts` are all generations of its message, empty unless it was continued;
    `rejected` says why what was proposed is not kept, `stray` which labels were made up,
    `unlearnt` why nobody looked for what to keep, "" where somebody did.
    """

    id: UUID
    status: str
    can_compare: bool
    recall: RecallShown
    atoms: Sequence[TurnAtomShown]
    feedback: FeedbackShown
    stored: Sequence[StoredShown]
    unlearnt: str
    rejected: Sequence[str]
    stray: Sequence[str]
    halves: Sequence[HalfShown]
    calls: int
    prompt: PromptShown
    model: str
    first_token_ms: float | None
    total_ms: float | None
    usage: UsageShown
    parts: Sequence[PartShown]
    sides = SIDES


def turn_shown(record: TurnRecord) -> TurnShown:
    """The record of one turn as the page shows it."""
    generation = record.generation
    atoms = list(record.atoms.select_related("atom__anchor"))
    steps = {step.name: step for step in record.steps.all()}
    recall = steps.get("recall")
    feedback = steps.get("feedback")
    first = generation.first_token_at
    calls = list(record.calls.defer("request", "response"))
    return TurnShown(
        id=generation.pk,
        status=generation.status,
        can_compare=any(atom.injected for atom in atoms)
        and any(call.service == "model" and call.half == "answer" for call in calls),
        recall=RecallShown(
            ms=recall.ms if recall else None,
            count=sum(1 for atom in atoms if atom.recalled),
            failure=record.failure,
            session_id=record.session_id,
        ),
        atoms=[_atom(atom, record.anchor_id) for atom in atoms],
        feedback=FeedbackShown(
            sent=any(atom.fed_back for atom in atoms),
            count=sum(1 for atom in atoms if atom.fed_back),
            status=str(FEEDBACK_WORDS[StepStatus(feedback.status)]) if feedback else "",
            detail=feedback.detail if feedback else "",
        ),
        stored=[
            StoredShown(
                content=proof.atom.content,
                atom_type=proof.atom.atom_type,
                confidence=proof.atom.confidence,
                quote=proof.quote,
                state=proof.atom.state,
                merged=proof.atom.brought_by_id != record.pk,
            )
            for proof in record.evidence.select_related("atom")
        ],
        unlearnt=_unlearnt(steps),
        rejected=record.rejected,
        stray=record.stray,
        halves=waterfall(
            steps, calls, began_at=generation.created_at, first_token_at=first
        ),
        calls=len(calls),
        prompt=prompt_shown(record, atoms),
        model=generation.model,
        first_token_ms=_ms(generation.created_at, first),
        total_ms=_ms(generation.created_at, generation.ended_at),
        usage=UsageShown(
            generation.prompt_tokens, generation.completion_tokens, _speed(record)
        ),
        parts=_parts(record),
    )


def _unlearnt(steps: Mapping[str, TurnStep]) -> str:
    for name in ("learn", "extract"):
        step = steps.get(name)
        if step is None:
            continue
        if step.status == StepStatus.WAITING:
            said = gettext("Not remembered yet. %(waiting)s")
            return said % {"waiting": told(step.detail)}
        if step.status in NOT_LEARNT or step.detail == off_record.NOTE:
            said = gettext("Not remembered: %(failed)s")
            return said % {"failed": told(step.detail)}
    return "" if "extract" in steps else gettext("Taking notes…")


def _ms(began: datetime, at: datetime | None) -> float | None:
    return None if at is None else (at - began).total_seconds() * 1000


def _speed(record: TurnRecord) -> float | None:
    """Tokens a second; None for a reply that came in one piece, or without a count."""
    generation = record.generation
    first, ended = generation.first_token_at, generation.ended_at
    if not (first and ended and generation.completion_tokens):
        return None
    seconds = (ended - first).total_seconds()
    return generation.completion_tokens / seconds if seconds > 0.02 else None


def _parts(record: TurnRecord) -> Sequence[PartShown]:
    records = TurnRecord.objects.filter(
        generation__message=record.generation.message_id
    ).order_by("generation__created_at")
    written = list(records.values_list("generation_id", flat=True))
    if len(written) < 2:
        return []
    return [
        PartShown(
            number, reverse("memories:turn", args=[pk]), pk == record.generation_id
        )
        for number, pk in enumerate(written, start=1)
    ]


def _atom(atom: TurnAtom, own: UUID) -> TurnAtomShown:
    anchor = atom.atom.anchor if atom.atom else None
    return TurnAtomShown(
        label=atom.label,
        content=atom.content,
        atom_type=atom.atom_type,
        confidence=atom.confidence,
        score=atom.score,
        rank=atom.rank,
        injected=atom.injected,
        cited=atom.cited,
        used=atom.used,
        verified=atom.verified,
        fed_back=atom.fed_back,
        carried=atom.carried and not atom.recalled,
        shared_by=who(anchor.lane, anchor.key) if anchor and anchor.pk != own else "",
        fate=atom.fate,
        verdict=atom.verdict,
        restraint=atom.restraint and atom.used,
    )
