"""One remembered statement as pages show it, the same on the panel and at a reply.

A slip says saved of what the service confirmed, and of nothing else. Counts come from
the records of turns; four queries, however many slips.
"""

from __future__ import annotations

from collections import defaultdict
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
# What was true before, back to the first, as far as some path still proves it. What was
# corrected was never true, and is let go.
BEFORE = """
    WITH RECURSIVE past (root, id, content, since, until, step) AS (
        SELECT newer.id, old.id, old.content, coalesce(old.valid_from, old.created_at),
               coalesce(newer.valid_from, newer.created_at), 1
        FROM memories_atom AS newer
        JOIN memories_atom AS old ON old.superseded_by_id = newer.id
        WHERE newer.id = ANY(%(atoms)s) AND old.state IN ('pending', 'saved', 'failed')
        UNION ALL
        SELECT past.root, old.id, old.content, coalesce(old.valid_from, old.created_at),
               past.since, past.step + 1
        FROM past JOIN memories_atom AS old ON old.superseded_by_id = past.id
        WHERE old.state IN ('pending', 'saved', 'failed') AND past.step < %(most)s
    )
    SELECT root, id, content, since, until FROM (
        SELECT past.*, row_number() OVER (PARTITION BY root ORDER BY until DESC) AS place
        FROM past JOIN memories_atom AS atom ON atom.id = past.id
        WHERE atom.by_hand OR atom.graded OR EXISTS (
            SELECT 1 FROM memories_evidence AS proof
            JOIN conversations_pathentry AS entry ON entry.message_id = proof.message_id
            WHERE proof.atom_id = atom.id
              AND entry.conversation_id <> ALL(%(hidden)s::uuid[]))
    ) AS past WHERE place <= %(most)s ORDER BY root, place
"""
MOST_BEFORE = 5
"""Earlier facts that a slip shows: what changes often has a long past."""


@dataclass(frozen=True)
class Before:
    """What was true before, `since` when and `until` when something else was said."""

    id: UUID
    content: str
    since: datetime
    until: datetime

    @property
    def is_brief(self) -> bool:
        """Whether two dates would not tell them apart."""
        return self.until - self.since < timedelta(days=1)


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
    persona that it belongs to, "" for what is the person's own. `since` is when it was
    said, and `before` what was true until then, the last first.
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
    since: datetime
    waits_for: str
    sensitive: str
    receipt: Receipt | None
    undo_s: float
    poll_s: int
    role: str = ""
    before: Sequence[Before] = ()

    @property
    def can_change(self) -> bool:
        """Whether it can be corrected, pinned and forgotten."""
        return self.state in {"saved", "pending", "failed"}


def slip_of(atom: Atom, here: UUID | None = None) -> Slip:
    """One atom; see `slips`."""
    return slips([atom], here)[0]


def slips(
    atoms: Iterable[Atom], here: UUID | None = None, hidden: Sequence[UUID] = ()
) -> list[Slip]:
    """These atoms in their order; `here` is the conversation that is open.

    `hidden` are conversations whose paths prove nothing there.
    """
    atoms = list(atoms)
    ids = [atom.pk for atom in atoms]
    if not ids:
        return []
    uses = {row[0]: row[1:] for row in Asked(USES, [ids]).all()}
    roles = _roles(atoms)
    before = _before(ids, hidden)
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
                since=atom.valid_from or atom.created_at,
                waits_for=atom.waits_for,
                sensitive=atom.sensitive,
                receipt=told,
                undo_s=told.seconds_left if told else undone,
                poll_s=_poll_s(atom, told, undone),
                role=roles.get(atom.role, "") if atom.role else "",
                before=before.get(atom.pk, ()),
            )
        )
    return out


def _before(ids: Sequence[UUID], hidden: Sequence[UUID]) -> dict[UUID, list[Before]]:
    values = {"atoms": list(ids), "hidden": list(hidden), "most": MOST_BEFORE}
    found: defaultdict[UUID, list[Before]] = defaultdict(list)
    for root, *told in Asked(BEFORE, values).all():
        found[root].append(Before(*told))
    return found


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
