"""Step 5 of a turn: tell the service which of its atoms the answer used.

fed back <= verified <= injected, and only what this very recall returned. No such
atom, no call; and no call either for a reply that cites none of them: what its words
alone show is shown to the person, and reinforces only beside a memory that is cited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from memory.errors import (
    AccessDenied,
    BillingBlocked,
    MemoryProtocolError,
    MemoryRejected,
    MemoryUnavailable,
)
from memory.evaluate import Verdict
from memory.recall import Recollection

Outcome = Literal["sent", "none", "unknown", "rejected"]
MENDABLE = (AccessDenied, BillingBlocked)
"""Refusals that an operator can end. No other one passes: a 404 says that the recall
session is over, a 400 that the call is wrong."""
UNCITED = "The reply marks none of the memories that its words show: none is fed back."
NO_ANSWER = "The memory service did not confirm it, and it is not sent twice."


class FeedbackTaker(Protocol):
    """The one call of `MaasClient` that this step needs."""

    async def feedback(
        self, session_id: str, used_memory_atom_ids: Sequence[str], *, success: bool
    ) -> None:
        """Reinforce atoms that a recall session returned."""


@dataclass(frozen=True)
class Feedback:
    """What was fed back: `none` means there was nothing to send and no call.

    `detail` is a sentence for the person, "" where there is nothing to explain, and
    `cause` what an operator needs to know of it.
    """

    outcome: Outcome
    atom_ids: tuple[str, ...] = ()
    detail: str = ""
    cause: str = ""


def due(verdict: Verdict, recollection: Recollection) -> tuple[str, ...]:
    """The ids to feed back: verified, and returned by this recall."""
    if recollection.session_id is None or not verdict.cites:
        return ()
    returned = {atom.atom_id for atom in recollection.atoms if atom.recalled}
    return tuple(atom_id for atom_id in verdict.verified_ids if atom_id in returned)


def nothing(verdict: Verdict) -> Feedback:
    """What stands in the record when nothing is due, and why if words showed use."""
    unmarked = bool(verdict.verified_ids) and not verdict.cites
    return Feedback("none", detail=UNCITED if unmarked else "")


async def feed_back(
    verdict: Verdict, recollection: Recollection, *, memory: FeedbackTaker
) -> Feedback:
    """Send the feedback that is due.

    Raises MemoryUnavailable when the service surely did nothing and trying again is
    right, and MemoryRejected for what an operator can mend. A call whose outcome
    nobody knows is not repeated: it is `unknown`.
    """
    atom_ids = due(verdict, recollection)
    if not atom_ids or recollection.session_id is None:
        return nothing(verdict)
    return await _send(recollection.session_id, atom_ids, success=True, memory=memory)


async def mark_wrong(
    session_id: str, atom_id: str, *, memory: FeedbackTaker
) -> Feedback:
    """Tell the service that this atom, which that recall returned, was wrong there.

    Only ever a person's word, never a verdict of ours. Raises as `feed_back` does.
    """
    return await _send(session_id, (atom_id,), success=False, memory=memory)


async def _send(
    session_id: str, atom_ids: tuple[str, ...], *, success: bool, memory: FeedbackTaker
) -> Feedback:
    try:
        await memory.feedback(session_id, atom_ids, success=success)
    except MemoryUnavailable as exc:
        if not exc.outcome_unknown:
            raise
        return Feedback("unknown", atom_ids, NO_ANSWER)
    except MemoryProtocolError:
        return Feedback("unknown", atom_ids, NO_ANSWER)
    except MENDABLE:
        raise
    except MemoryRejected as exc:
        return Feedback("rejected", atom_ids, exc.user_message, str(exc))
    return Feedback("sent", atom_ids)
