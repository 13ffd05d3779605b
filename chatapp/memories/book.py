"""The Book of one turn in the database: each step of `learn()` is one commit here.

Taking an atom in and noting that the extraction is done are the same transaction, and
so are the service's confirmation and the row's "saved". A run that was killed anywhere
goes on behind the last commit.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import transaction
from django.utils.translation import gettext_noop

from chatapp.memories import off_record, orphans, steps, taking
from chatapp.memories.gate import Admission, Gate
from chatapp.memories.keeping import confirm, entry_of, superseded_in
from chatapp.memories.merge import supersede, twin_of
from chatapp.memories.models import (
    HELD,
    Anchor,
    Atom,
    AtomState,
    Evidence,
    StepStatus,
    TurnAtom,
    TurnRecord,
    TurnStep,
)
from memory.errors import AnchorageError, MemoryUnavailable
from memory.evaluate import Verdict
from memory.extract import Candidate, Extraction
from memory.feedback import Feedback
from memory.taxonomy import Speaker
from memory.turn import Entry, Step

T = TypeVar("T")
FINISHED = (StepStatus.DONE, StepStatus.NONE, StepStatus.UNKNOWN, StepStatus.FAILED)
ONCE = gettext_noop("Learnt before, with an earlier reply to the same message.")
FEEDBACK_STATUS = {
    "sent": StepStatus.DONE,
    "none": StepStatus.NONE,
    "unknown": StepStatus.UNKNOWN,
    "rejected": StepStatus.FAILED,
}


class TurnBook:
    """The Book (see `memory.turn.Book`) of one turn record.

    `user_message` and `assistant_message` are where quotes of either speaker stand.
    """

    def __init__(
        self, record: TurnRecord, *, user_message: UUID, assistant_message: UUID
    ) -> None:
        self._record = record.pk
        self._anchor = record.anchor_id
        self._turn = record.generation_id
        self._messages: dict[Speaker, UUID] = {
            "user": user_message,
            "assistant": assistant_message,
        }
        self._began = time.perf_counter()
        self._over: set[str] | None = None

    async def finished(self, step: Step) -> bool:
        """Whether the step's row says that it is over.

        The rows are read once: nobody else learns from this turn meanwhile, and if a
        worker that was taken for dead does, the commits below see to it.
        """
        self._began = time.perf_counter()
        if self._over is None:
            self._over = await _in_thread(self._finished)
        return step in self._over

    async def evaluated(self, verdict: Verdict) -> None:
        """Write each atom's verdict and close the step."""
        await _in_thread(self._evaluated, verdict)

    async def feeding(self) -> bool:
        """Note that the call is about to be made; False when that was noted before."""
        return await _in_thread(self._feeding)

    async def not_fed(self) -> None:
        """Take the note back: the service surely did nothing."""
        await _in_thread(self._not_fed)

    async def fed_back(self, feedback: Feedback) -> None:
        """Mark exactly the atoms that the service took, and close the step."""
        await _in_thread(self._fed_back, feedback)

    async def extracted(self, extraction: Extraction) -> None:
        """Take new atoms in as pending, add evidence to known ones, close the step."""
        await _in_thread(self._extracted, extraction)

    async def unsaved(self) -> Sequence[Entry]:
        """This turn's atoms that the service has not confirmed."""
        return await _in_thread(self._unsaved)

    async def saved(self, entry: Entry, atom_id: str) -> None:
        """The service confirmed the atom."""
        await _in_thread(self._saved, entry, atom_id)

    async def stored(self) -> None:
        """Close the step."""
        await _in_thread(self._stored)

    async def failed(self, step: Step, error: AnchorageError) -> None:
        """Close a step that can never succeed, with the reason."""
        await _in_thread(self._failed, step, error)

    def _hold(self) -> None:
        """Keep the record below this anchor until the transaction ends.

        Raises MemoryUnavailable when it was moved to another one (its guest signed
        in): the next try finds it there. TurnRecord.DoesNotExist: it was deleted.
        """
        record = TurnRecord.objects.select_for_update(no_key=True)
        if record.get(pk=self._record).anchor_id != self._anchor:
            msg = f"turn record {self._record} was moved to another anchor"
            raise MemoryUnavailable(msg)

    def _finished(self) -> set[str]:
        rows = TurnStep.objects.filter(record_id=self._record, status__in=FINISHED)
        return set(rows.order_by().values_list("name", flat=True))

    def _close(
        self, step: Step, status: StepStatus, detail: str = "", cause: str = ""
    ) -> None:
        ms = (time.perf_counter() - self._began) * 1000
        steps.close(self._record, step, status, detail, cause=cause, ms=ms)
        if self._over is not None:
            self._over.add(step)

    def _evaluated(self, verdict: Verdict) -> None:
        with transaction.atomic():
            steps.judge(self._record, verdict.atoms)
            TurnRecord.objects.filter(pk=self._record).update(
                final=verdict.final,
                final_reason=verdict.reason,
                stray=list(verdict.stray),
            )
            self._close("evaluate", StepStatus.DONE, verdict.reason)

    def _feeding(self) -> bool:
        _, created = TurnStep.objects.get_or_create(
            record_id=self._record,
            name="feedback",
            defaults={"status": StepStatus.STARTED},
        )
        return created

    def _not_fed(self) -> None:
        TurnStep.objects.filter(
            record_id=self._record, name="feedback", status=StepStatus.STARTED
        ).delete()

    def _fed_back(self, feedback: Feedback) -> None:
        with transaction.atomic():
            if feedback.outcome == "sent":
                TurnAtom.objects.filter(
                    record_id=self._record, maas_id__in=feedback.atom_ids
                ).update(fed_back=True)
            status = FEEDBACK_STATUS[feedback.outcome]
            self._close("feedback", status, feedback.detail, feedback.cause)

    def _extracted(self, extraction: Extraction) -> None:
        with transaction.atomic():
            self._hold()
            if "extract" in self._finished():
                return  # by a worker that was taken for dead
            if off_record.covers(self._turn):
                self._close("extract", StepStatus.NONE, off_record.NOTE)
                return
            candidates = list(extraction.candidates)
            if self._heard_before():
                candidates = [c for c in candidates if c.speaker != "user"]
            gate, refused = Gate(self._anchor, self._messages), []
            for number, candidate in enumerate(candidates):
                admission = gate.admit(candidate)
                problem = admission.refused or self._offered(candidate, admission)
                if problem:
                    refused.append(problem)
                elif problem is None:
                    self._take_in(number, candidate, admission)
            again = len(extraction.candidates) - len(candidates)
            TurnRecord.objects.filter(pk=self._record).update(
                rejected=[*extraction.rejected, *[ONCE] * again, *refused]
            )
            self._close(
                "extract",
                StepStatus.DONE if candidates else StepStatus.NONE,
                extraction.skipped,
            )

    def _offered(self, candidate: Candidate, as_: Admission) -> str | None:
        """What the app of this lane made of it; None: it is the ledger's to take in."""
        if as_.state == AtomState.WAITING:
            return None  # its person is asked first
        message_id = self._messages[candidate.speaker]
        offer = taking.Offer(candidate, message_id, self._record)
        return taking.offered(self._anchor, offer)

    def _heard_before(self) -> bool:
        """Whether what the person said was learnt with another reply to it."""
        return (
            TurnStep.objects.filter(
                name="extract",
                status__in=[StepStatus.DONE, StepStatus.NONE],
                record__generation__message__parent=self._messages["user"],
            )
            .exclude(record_id=self._record)
            .exists()
        )

    def _take_in(self, number: int, candidate: Candidate, as_: Admission) -> None:
        held = Atom.objects.filter(
            anchor_id=self._anchor, state__in=[*HELD, AtomState.WAITING]
        )
        # What was replaced by something else is news when it is said again.
        role = UUID(candidate.role) if candidate.role else None
        among = held.filter(superseded_by=None, realm=candidate.realm, role=role)
        atom = twin_of(candidate.atom_type, candidate.content, among=among)
        if atom is None:
            atom = Atom.objects.create(
                anchor_id=self._anchor,
                client_ref=uuid.uuid5(self._turn, str(number)),
                atom_type=candidate.atom_type,
                content=candidate.content,
                confidence=candidate.confidence,
                source_type=candidate.source_type,
                state=as_.state,
                sensitive=as_.sensitive,
                waits_for=as_.waits_for,
                speaker=candidate.speaker,
                about=candidate.about,
                realm=candidate.realm,
                role=role,
                on_date=candidate.on_date,
                brought_by_id=self._record,
            )
        proof = Evidence(
            atom=atom,
            message_id=self._messages[candidate.speaker],
            quote=candidate.quote,
            record_id=self._record,
        )
        Evidence.objects.bulk_create([proof], ignore_conflicts=True)
        if atom.valid_from is None and atom.brought_by_id == self._record:
            atom.valid_from = proof.message.created_at
            atom.save(update_fields=["valid_from"])
            if (
                atom.state != AtomState.WAITING
            ):  # what may never be kept replaces nothing
                supersede(atom, among=among)

    def _unsaved(self) -> list[Entry]:
        mine = Atom.objects.filter(
            anchor_id=self._anchor,
            state__in=[AtomState.PENDING, AtomState.FAILED],
            evidence__message_id__in=self._messages.values(),
        )
        scope = self._scope()
        return [entry_of(atom, superseded_in(scope, atom)) for atom in mine.distinct()]

    def _saved(self, entry: Entry, atom_id: str) -> None:
        try:
            with transaction.atomic():
                self._hold()
                confirm(UUID(entry.client_ref), atom_id, self._scope())
        except TurnRecord.DoesNotExist:
            orphans.confirmed_late(UUID(entry.client_ref), atom_id)
            raise

    def _scope(self) -> str:
        """The anchor's id at the service."""
        return Anchor.objects.values_list("maas_id", flat=True).get(pk=self._anchor)

    def _stored(self) -> None:
        with transaction.atomic():
            self._hold()
            self._close("store", StepStatus.DONE)

    def _failed(self, step: Step, error: AnchorageError) -> None:
        with transaction.atomic():
            self._hold()
            if step == "store":
                refs = [entry.client_ref for entry in self._unsaved()]
                Atom.objects.filter(client_ref__in=refs).update(
                    state=AtomState.FAILED, problem=error.user_message
                )
            self._close(step, StepStatus.FAILED, error.user_message, str(error))


async def _in_thread(function: Callable[..., T], *args: Any) -> T:
    """Run one commit in a thread of its own, the connection given back after it."""
    return await database_sync_to_async(function, thread_sensitive=False)(*args)
