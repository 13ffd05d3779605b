"""What the pages show of memory: plain values, ready for the templates.

Nothing here says "saved" of an atom that the service has not confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from chatapp.memories.models import (
    StepStatus,
    TurnAtom,
    TurnRecord,
)

STEP_LABELS = {
    "recall": "Recall",
    "prompt": "Build the prompt",
    "reply": "Write the reply",
    "evaluate": "See what was used",
    "feedback": "Send feedback",
    "extract": "Find what to remember",
    "store": "Store it",
    "learn": "Learn from it",
}
FAILED = (StepStatus.FAILED, StepStatus.DISCARDED, StepStatus.OFF_RECORD)
FEEDBACK_WORDS = {
    StepStatus.DONE: "the memory service confirmed it",
    StepStatus.NONE: "no memory was used in a way that could be verified",
    StepStatus.UNKNOWN: "the outcome is not known, and it is not sent twice",
    StepStatus.FAILED: "the memory service refused it",
    StepStatus.STARTED: "on its way",
    StepStatus.WAITING: "waiting",
}


@dataclass(frozen=True)
class RecallShown:
    """How the recall of a turn went; `ms` is milliseconds."""

    ms: float | None
    count: int
    failure: str
    session_id: str


@dataclass(frozen=True)
class TurnAtomShown:
    """One atom of a turn; `carried` means that it was kept at hand, not recalled."""

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
    fate: str
    verdict: str


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
class StepShown:
    """One step of a turn and how long it took."""

    name: str
    label: str
    ms: float | None
    status: str
    detail: str


@dataclass(frozen=True)
class PromptShown:
    """The size of the prompt."""

    tokens: int
    messages: int


@dataclass(frozen=True)
class UsageShown:
    """The model's own count of tokens; None when it gave none."""

    prompt: int | None
    completion: int | None


@dataclass(frozen=True)
class PartShown:
    """One generation of a reply that was continued: each has a record of its own."""

    number: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class TurnShown:
    """The record of one turn: "Why this reply".

    `parts` are all generations of its message, empty unless it was continued.
    """

    status: str
    recall: RecallShown
    atoms: Sequence[TurnAtomShown]
    feedback: FeedbackShown
    stored: Sequence[StoredShown]
    rejected: Sequence[str]
    steps: Sequence[StepShown]
    prompt: PromptShown
    model: str
    first_token_ms: float | None
    usage: UsageShown
    parts: Sequence[PartShown]


def turn_shown(record: TurnRecord) -> TurnShown:
    """The record of one turn as the page shows it."""
    generation = record.generation
    atoms = list(record.atoms.all())
    steps = {step.name: step for step in record.steps.all()}
    recall = steps.get("recall")
    feedback = steps.get("feedback")
    first = generation.first_token_at
    return TurnShown(
        status=generation.status,
        recall=RecallShown(
            ms=recall.ms if recall else None,
            count=sum(1 for atom in atoms if atom.recalled),
            failure=record.failure,
            session_id=record.session_id,
        ),
        atoms=[_atom(atom) for atom in atoms],
        feedback=FeedbackShown(
            sent=any(atom.fed_back for atom in atoms),
            count=sum(1 for atom in atoms if atom.fed_back),
            status=FEEDBACK_WORDS[StepStatus(feedback.status)] if feedback else "",
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
        rejected=record.rejected,
        steps=[
            StepShown(name, label, step.ms, step.status, step.detail)
            for name, label in STEP_LABELS.items()
            if (step := steps.get(name))
        ],
        prompt=PromptShown(record.prompt_tokens, record.prompt_messages),
        model=generation.model,
        first_token_ms=(first - generation.created_at).total_seconds() * 1000
        if first
        else None,
        usage=UsageShown(generation.prompt_tokens, generation.completion_tokens),
        parts=_parts(record),
    )


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


def _atom(atom: TurnAtom) -> TurnAtomShown:
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
        fate=atom.fate,
        verdict=atom.verdict,
    )
