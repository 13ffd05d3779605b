"""Writes what changed: claims, and their atoms in the ledger.

Part of the transaction that took the evidence in. An atom begins as pending, and a
durable job has the service store it, so that no page waits for that; it is saved when
the service has confirmed it. A change of what is said makes a new atom that supersedes
the old one; a change of confidence alone is noted on the atom.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chatapp.accounts.models import User
from chatapp.memories.correcting import keep
from chatapp.memories.models import HELD, Anchor, Atom, AtomState, Removal
from chatapp.memories.models import Evidence as Proof
from memory.taxonomy import TUTOR
from tutor.learner.claims import Wanted, wanted
from tutor.learner.evidence import GRADED
from tutor.learner.state import LearnerState
from tutor.learner.wording import Names
from tutor.models import Course
from tutor.models.learner import Claim, Evidence, FollowUp

OVER = "over"
"""The state of a claim that nothing bears out any more."""


@dataclass(frozen=True)
class Change:
    """A claim whose state changed; `before` is "" for a new one."""

    claim: UUID
    atom_type: str
    key: str
    concept: str
    before: str
    after: str
    confidence: float
    text: str
    evidence: tuple[int, ...]


def settle(
    user: User,
    course: Course,
    state: LearnerState,
    names: Names,
    *,
    anchor: Anchor,
    record_id: int | None = None,
) -> list[Change]:
    """Bring claims and atoms in line with the state; the changes of state.

    The caller holds the anchor's row. `record_id` is the turn that brought it about.
    """
    known = {
        (claim.atom_type, claim.key): claim
        for claim in Claim.objects.select_related("atom").filter(
            learner=user, course=course
        )
    }
    changes = []
    for want in wanted(state, names):
        claim = known.pop((want.atom_type, want.key), None)
        before = claim.state if claim else ""
        claim = _claimed(claim, want, user, course, state.now)
        if not _is_forgotten(claim, want):
            _write(claim, want, anchor, record_id)
        if before != want.state:
            changes.append(_change(claim, before, want.evidence))
    for claim in known.values():
        if claim.state != OVER:
            before = claim.state
            _end(claim, state.now)
            changes.append(_change(claim, before, ()))
    return changes


def _claimed(
    claim: Claim | None, want: Wanted, user: User, course: Course, now: datetime
) -> Claim:
    """The claim's row, saying what is wanted."""
    if claim is None:
        claim = Claim(
            learner=user, course=course, atom_type=want.atom_type, key=want.key
        )
    elif (claim.state, claim.confidence, claim.text) == (
        want.state,
        want.confidence,
        want.text,
    ):
        return claim
    if claim.state != want.state:
        claim.changed_at = now
    claim.concept, claim.state = want.concept, want.state
    claim.confidence, claim.text = want.confidence, want.text
    claim.save()
    return claim


def _is_forgotten(claim: Claim, want: Wanted) -> bool:
    """Whether the learner had it removed and nothing new was seen since."""
    atom = claim.atom
    if atom is None or atom.state != AtomState.FORGOTTEN:
        return False
    removal = Removal.objects.filter(atom=atom).first()
    latest = Evidence.objects.filter(pk__in=want.evidence).order_by("-at").first()
    return removal is None or latest is None or latest.at <= removal.at


def _write(claim: Claim, want: Wanted, anchor: Anchor, record_id: int | None) -> None:
    """Have the ledger say it: no atom without literal words that prove it."""
    rows = list(Evidence.objects.filter(pk__in=want.evidence).exclude(quote=""))
    if not want.quote or not (rows or want.atom_type == "follow_up"):
        return
    head = claim.atom
    if head and (head.superseded_by_id or head.by_hand):
        return  # its person wrote what is true: that stands
    graded = any(row.kind in GRADED or not row.said for row in rows) or not rows
    if head and head.state in HELD and head.content == want.text:
        changed = (head.confidence, head.graded) != (want.confidence, graded)
        if changed:
            Atom.objects.filter(pk=head.pk).update(
                confidence=want.confidence, graded=graded
            )
        _prove(head, want, rows, record_id)
        return
    atom = Atom.objects.create(
        anchor=anchor,
        client_ref=uuid.uuid4(),
        atom_type=want.atom_type,
        content=want.text,
        confidence=want.confidence,
        source_type=TUTOR.by_name[want.atom_type].source_type,
        speaker="user",
        about="user",
        valid_from=claim.changed_at,
        graded=graded,
        brought_by_id=record_id,
    )
    _prove(atom, want, rows, record_id)
    if head and head.state in HELD:
        Atom.objects.filter(pk=head.pk).update(superseded_by=atom)
    claim.atom = atom
    claim.save(update_fields=["atom"])
    keep(anchor.pk)


def _prove(
    atom: Atom, want: Wanted, rows: Sequence[Evidence], record_id: int | None
) -> None:
    """Give the atom the words that stand in messages."""
    proofs = {(row.message_id, row.quote) for row in rows if row.message_id}
    if want.atom_type == "follow_up":
        later = FollowUp.objects.get(pk=want.key)
        proofs |= {(later.message_id, later.quote)} if later.message_id else set()
    Proof.objects.bulk_create(
        (
            Proof(atom=atom, message_id=message, quote=quote, record_id=record_id)
            for message, quote in proofs
        ),
        ignore_conflicts=True,
    )


def _end(claim: Claim, now: datetime) -> None:
    """Nothing bears it out any more: its atom is let go, the claim's history stays."""
    claim.state, claim.changed_at = OVER, now
    claim.save(update_fields=["state", "changed_at"])
    if claim.atom and claim.atom.state in HELD:
        Atom.objects.filter(pk=claim.atom.pk).update(
            state=AtomState.WITHDRAWN, pinned=False
        )


def _change(claim: Claim, before: str, evidence: tuple[int, ...]) -> Change:
    return Change(
        claim=claim.pk,
        atom_type=claim.atom_type,
        key=claim.key,
        concept=claim.concept,
        before=before,
        after=claim.state,
        confidence=claim.confidence,
        text=claim.text,
        evidence=evidence,
    )
