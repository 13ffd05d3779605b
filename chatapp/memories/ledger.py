"""The site's book of atoms, as a turn asks it: which recalled atoms may be used.

An atom is live while it is saved and at least one quote of its evidence stands in a
message that is on a shown path, or its person wrote it by hand, or answers that the
site graded prove it, and while no live one
says what is true instead. What was forgotten, or left behind by choosing another reply,
is never injected. A branch does not count the paths of the
conversations that it branched from, which are `hidden` from it: it knows what it
shares with them, and not what they went on to say. What was said in a role is of that
role alone; but a boundary that a person set as themselves holds in every role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from chatapp.memories.models import Atom, AtomState
from chatapp.pipeline import Asked, Row
from memory.recall import Known, State
from memory.turn import Turn

MOST_PINNED = 4
LEAST_RECALLED = 3
"""Places in the prompt that boundaries and pins leave to what was recalled."""

# Written out: every turn waits for these two, and building them with the ORM takes
# several times as long as PostgreSQL takes to answer.
# Each asks for one row, and not EXISTS: PostgreSQL would rather read all evidence that
# there is, once, than look for that of the few atoms which are asked about.
SEEN = """
    (atom.by_hand OR atom.graded OR (
        SELECT true FROM memories_evidence AS evidence
        JOIN conversations_pathentry AS entry ON entry.message_id = evidence.message_id
        WHERE evidence.atom_id = atom.id
          AND entry.conversation_id <> ALL(%(hidden)s::uuid[]) LIMIT 1) IS NOT NULL)
"""
REPLACED_BY = """
    ((SELECT true FROM memories_atom AS newer
      WHERE newer.id = {atom}.superseded_by_id
        AND newer.state IN ('pending', 'saved', 'failed')
        AND (newer.by_hand OR newer.graded OR EXISTS (
              SELECT 1 FROM memories_evidence AS evidence
              JOIN conversations_pathentry AS entry
                ON entry.message_id = evidence.message_id
              WHERE evidence.atom_id = newer.id
                AND entry.conversation_id <> ALL({hidden}::uuid[])))
      LIMIT 1) IS NOT NULL)
"""
REPLACED = REPLACED_BY.format(atom="atom", hidden="%(hidden)s")
REPLACED_IN_LIST = REPLACED_BY.format(atom="memories_atom", hidden="%s")
PROVEN = """
    EXISTS (SELECT 1 FROM memories_evidence AS evidence
            JOIN conversations_pathentry AS entry
              ON entry.message_id = evidence.message_id
            WHERE evidence.atom_id = memories_atom.id
              AND entry.conversation_id <> ALL(%s::uuid[]))
"""
COLUMNS = "maas_id, content, atom_type, confidence, pinned, state"
OF_ROLE = """
    (atom.role IS NOT DISTINCT FROM %(role)s::uuid
     OR atom.role IS NULL AND atom.atom_type = 'boundary')
"""
KNOWN = f"""
    SELECT {COLUMNS}, {SEEN} AND NOT {REPLACED}, {OF_ROLE} FROM memories_atom AS atom
    WHERE anchor_id = %(anchor)s AND maas_id = ANY(%(ids)s)
"""
LIVE = f"""
    SELECT {COLUMNS}, true, true FROM memories_atom AS atom
    WHERE anchor_id = %(anchor)s AND state = 'saved' AND {SEEN} AND NOT {REPLACED}
"""
CARRIED = f"""
    ({LIVE} AND {OF_ROLE} AND atom_type = 'boundary' ORDER BY created_at DESC LIMIT %(boundaries)s)
    UNION ALL
    ({LIVE} AND {OF_ROLE} AND pinned AND atom_type <> 'boundary'
     ORDER BY created_at DESC LIMIT %(pinned)s)
"""


class SiteLedger:
    """The ledger of one anchor; `carried` was read when the message was sent.

    `hidden` are the conversations whose paths do not count, `role` whom the person
    plays in this one.
    """

    def __init__(
        self,
        anchor_id: UUID,
        carried: Sequence[Known],
        hidden: Sequence[UUID] = (),
        role: UUID | None = None,
    ) -> None:
        self._anchor_id = anchor_id
        self._carried = tuple(carried)
        self._hidden = tuple(hidden)
        self._role = role

    async def known(self, atom_ids: Sequence[str]) -> Mapping[str, Known]:
        """What this anchor's ledger knows of these ids; another anchor's are foreign."""
        return await _known(self._anchor_id, atom_ids, self._hidden, self._role)

    async def carried(self) -> Sequence[Known]:
        """Boundaries first, then pins."""
        return self._carried

    async def close(self) -> None:
        """Nothing to let go of: one that asks for more has."""


def role_id(turn: Turn) -> UUID | None:
    """The role of a turn as the ledger knows it: its persona."""
    return UUID(turn.role.id) if turn.role else None


class CarriedAsked:
    """The question for live boundaries and pins, on its way: every turn waits for it."""

    def __init__(
        self,
        anchor_id: UUID,
        hidden: Sequence[UUID] = (),
        role: UUID | None = None,
    ) -> None:
        self._most = max(1, settings.MEMORY_ATOMS - LEAST_RECALLED)
        values = {
            "anchor": anchor_id,
            "hidden": list(hidden),
            "role": role,
            "boundaries": self._most,
            "pinned": MOST_PINNED,
        }
        self._found = Asked(CARRIED, values)

    def all(self) -> tuple[Known, ...]:
        """Boundaries, then pins, newest first within each, ready for the prompt."""
        return tuple(_by_id(self._found.all()).values())[: self._most]


def alive(atoms: QuerySet[Atom], hidden: Sequence[UUID] = ()) -> QuerySet[Atom]:
    """Only the atoms with some evidence on a shown path, or that need none."""
    proven = RawSQL(PROVEN, [list(hidden)], output_field=BooleanField())
    return atoms.filter(Q(by_hand=True) | Q(graded=True) | Q(proven))


def current(atoms: QuerySet[Atom], hidden: Sequence[UUID] = ()) -> QuerySet[Atom]:
    """Only those that are live, and of which nothing live says what is true instead."""
    replaced = RawSQL(REPLACED_IN_LIST, [list(hidden)], output_field=BooleanField())
    return alive(atoms, hidden).exclude(replaced)


def _known_now(
    anchor_id: UUID,
    atom_ids: Sequence[str],
    hidden: Sequence[UUID] = (),
    role: UUID | None = None,
) -> dict[str, Known]:
    values = {
        "anchor": anchor_id,
        "ids": list(atom_ids),
        "hidden": list(hidden),
        "role": role,
    }
    return _by_id(Asked(KNOWN, values).all())


def _by_id(rows: Sequence[Row]) -> dict[str, Known]:
    """Ledger rows as the turn knows them, by the service's id."""
    return {
        maas_id: Known(
            atom_id=maas_id,
            content=content,
            atom_type=atom_type,
            confidence=confidence,
            state=_state(state, live=live, ours=ours),
            pinned=pinned,
        )
        for maas_id, content, atom_type, confidence, pinned, state, live, ours in rows
    }


def _state(state: str, *, live: bool, ours: bool) -> State:
    if state == AtomState.FORGOTTEN:
        return "forgotten"
    if not live or state != AtomState.SAVED:
        return "withdrawn"
    return "live" if ours else "apart"


_known = database_sync_to_async(_known_now, thread_sensitive=False)
