"""One remembered statement as pages show it, the same on the panel and at a reply.

A slip says saved of what the service confirmed, and of nothing else. Counts come from
the records of turns; three queries, however many slips.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.characters.models import Persona
from chatapp.memories.forgetting import Receipt, receipt
from chatapp.memories.models import Atom, AtomState, Removal, Why
from chatapp.pipeline import Asked, Row

FRESH = timedelta(minutes=1)
"""For this long a page asks again whether the service has confirmed an atom."""
LABELS = {
    "preference": _("Likes and dislikes"),
    "emotional_state": _("How you felt"),
    "relationship_event": _("You and your life"),
    "backstory_reveal": _("What they told you"),
    "promise": _("Promises"),
    "boundary": _("Boundaries"),
    "concept_mastered": _("What you can do"),
    "misconception": _("Mix-ups to clear"),
    "learning_style": _("What helps you learn"),
    "struggle_point": _("Where it sticks"),
    "goal": _("Goals"),
    "follow_up": _("To come back to"),
}
USES = """
    SELECT row.atom_id, count(*) FILTER (WHERE row.recalled),
           count(*) FILTER (WHERE row.verified),
           max(record.created_at) FILTER (WHERE row.verified)
    FROM memories_turnatom AS row
    JOIN memories_turnrecord AS record ON record.id = row.record_id
    WHERE row.atom_id = ANY(%s) GROUP BY row.atom_id
"""
# The quote that stands in the conversation at hand, else where it was said, else in
# the branch that still shows it.
SAID = """
    SELECT DISTINCT ON (proof.atom_id) proof.atom_id, proof.quote, message.id,
           message.role, entry.conversation_id
    FROM memories_evidence AS proof
    JOIN conversations_message AS message ON message.id = proof.message_id
    LEFT JOIN conversations_pathentry AS entry ON entry.message_id = message.id
    WHERE proof.atom_id = ANY(%(atoms)s)
    ORDER BY proof.atom_id, (entry.conversation_id = %(here)s) DESC NULLS LAST,
             (entry.conversation_id = message.conversation_id) DESC NULLS LAST,
             proof.created_at
"""


@dataclass(frozen=True)
class Source:
    """The words that prove it; `url` leads to their message, "" when it is not shown."""

    quote: str
    by_person: bool
    url: str
    is_here: bool


@dataclass(frozen=True)
class Slip:
    """One atom on a page. `undo_s` is how long its last change can be undone.

    `poll_s` is when a page should ask again, 0 for never. `role` is the name of the
    persona that it belongs to, "" for what is the person's own.
    """

    id: UUID
    content: str
    atom_type: str
    label: str
    confidence: float
    state: str
    problem: str
    source: Source | None
    recalled: int
    used: int
    used_at: datetime | None
    pinned: bool
    by_hand: bool
    created_at: datetime
    waits_for: str
    sensitive: str
    receipt: Receipt | None
    undo_s: float
    poll_s: int
    role: str = ""

    @property
    def can_change(self) -> bool:
        """Whether it can be corrected, pinned and forgotten."""
        return self.state in {"saved", "pending", "failed"}


def slip_of(atom: Atom, here: UUID | None = None) -> Slip:
    """One atom; see `slips`."""
    return slips([atom], here)[0]


def slips(atoms: Iterable[Atom], here: UUID | None = None) -> list[Slip]:
    """These atoms in their order; `here` is the conversation that is open."""
    atoms = list(atoms)
    ids = [atom.pk for atom in atoms]
    if not ids:
        return []
    uses = {row[0]: row[1:] for row in Asked(USES, [ids]).all()}
    roles = _roles(atoms)
    said = {row[0]: row[1:] for row in Asked(SAID, {"atoms": ids, "here": here}).all()}
    removals = list(
        Removal.objects.filter(atom__in=ids)
        | Removal.objects.filter(atom__superseded_by__in=ids, why=Why.CORRECTED)
    )
    gone = {removal.atom_id: removal for removal in removals}
    replaced = {old.superseded_by_id: old for old in _old(removals)}
    out = []
    for atom in atoms:
        recalled, used, used_at = uses.get(atom.pk, (0, 0, None))
        left = gone.get(atom.pk)
        old = replaced.get(atom.pk)
        told = receipt(left) if left else None
        undone = receipt(gone[old.pk]).seconds_left if old else 0.0
        out.append(
            Slip(
                id=atom.pk,
                content=atom.content,
                atom_type=atom.atom_type,
                label=str(LABELS.get(atom.atom_type, atom.atom_type)),
                confidence=atom.confidence,
                state=atom.state,
                problem=atom.problem,
                source=_source(said[atom.pk], here) if atom.pk in said else None,
                recalled=recalled,
                used=used,
                used_at=used_at,
                pinned=atom.pinned,
                by_hand=atom.by_hand,
                created_at=atom.created_at,
                waits_for=atom.waits_for,
                sensitive=atom.sensitive,
                receipt=told,
                undo_s=told.seconds_left if told else undone,
                poll_s=_poll_s(atom, told, undone),
                role=roles.get(atom.role, "") if atom.role else "",
            )
        )
    return out


def _old(removals: Sequence[Removal]) -> list[Atom]:
    corrected = [r.atom_id for r in removals if r.why == Why.CORRECTED]
    return list(Atom.objects.filter(pk__in=corrected)) if corrected else []


def _source(row: Row, here: UUID | None) -> Source:
    quote, message_id, role, conversation_id = row
    url = ""
    if conversation_id is not None:
        page = reverse("conversations:open", args=[conversation_id])
        url = f"{page}?at={message_id}#message-{message_id}"
    is_here = conversation_id is not None and conversation_id == here
    return Source(quote, role == "user", url, is_here)


def _roles(atoms: Sequence[Atom]) -> dict[UUID, str]:
    """The names of the personas that these belong to; nothing is asked for none."""
    ids = {atom.role for atom in atoms if atom.role}
    if not ids:
        return {}
    return dict(Persona.objects.filter(pk__in=ids).values_list("pk", "name"))


def _poll_s(atom: Atom, told: Receipt | None, undone: float) -> int:
    """Soon after something is about to change, and not for ever."""
    if told is not None and told.erased_at is None:
        overdue = (timezone.now() - told.due_at).total_seconds()
        return round(told.seconds_left) + 4 if overdue < 0 else 5 + int(overdue / 4)
    if told is not None:
        return 0
    if undone > 0:
        return 1 if atom.state == AtomState.PENDING else round(undone) + 1
    is_fresh = timezone.now() - atom.created_at < FRESH
    return 2 if atom.state == AtomState.PENDING and is_fresh else 0
