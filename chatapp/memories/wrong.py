"""A person's word that a memory was wrong in a reply: told to the service, once.

Only for an atom that this turn's recall returned and its reply named or used, in that
recall's own session. The note that it is about to be sent comes first: a process that
dies in between leaves an unknown outcome, which is said and never sent again.
"""

from __future__ import annotations

from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from chatapp.memories.models import StepStatus, TurnAtom, TurnStep, Wrong
from memory.errors import MemoryAPIError
from memory.feedback import FeedbackTaker, Outcome, mark_wrong

NOT_RECALLED = _(
    "This memory was kept at hand and not recalled for this reply, so there is nothing"
    " to tell the memory service. Correct or forget it instead."
)
NOT_OVER = _("This reply is still being learnt from. Try again in a moment.")
NOT_SENT = _("The memory service could not be reached, and nothing was sent. {}")
BECAME: dict[Outcome, Wrong] = {
    "sent": Wrong.SENT,
    "unknown": Wrong.UNKNOWN,
    "rejected": Wrong.REFUSED,
}
OVER = (StepStatus.DONE, StepStatus.NONE, StepStatus.UNKNOWN, StepStatus.FAILED)


class NotNow(Exception):
    """It is not sent; the text says why, for the person."""


async def say_wrong(row: TurnAtom, *, memory: FeedbackTaker) -> None:
    """Send it and note what became of it; again changes nothing. Raises NotNow."""
    if not await _begin(row):
        return
    session_id = row.record.session_id
    try:
        told = await mark_wrong(session_id, row.maas_id, memory=memory)
    except MemoryAPIError as exc:  # raised only when the service surely did nothing
        await _note(row, "")
        raise NotNow(NOT_SENT.format(exc.user_message)) from exc
    await _note(row, BECAME[told.outcome])


def can_be_wrong(row: TurnAtom) -> bool:
    """Whether the service can be told at all: this turn's recall returned it."""
    return bool(row.recalled and row.record.session_id and (row.used or row.cited))


def _begin_now(row: TurnAtom) -> bool:
    """Note that it is about to be sent; False when it was sent before."""
    if not can_be_wrong(row):
        raise NotNow(NOT_RECALLED)
    # Feedback for the same atom that is still to come would be the last word on it.
    fed = TurnStep.objects.filter(
        record=row.record_id, name="feedback", status__in=OVER
    )
    if not fed.exists():
        raise NotNow(NOT_OVER)
    mine = TurnAtom.objects.filter(pk=row.pk, wrong="")
    return bool(mine.update(wrong=Wrong.SENDING))


def _note_now(row: TurnAtom, became: str) -> None:
    TurnAtom.objects.filter(pk=row.pk, wrong=Wrong.SENDING).update(wrong=became)


_begin = database_sync_to_async(_begin_now, thread_sensitive=False)
_note = database_sync_to_async(_note_now, thread_sensitive=False)
