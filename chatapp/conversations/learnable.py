"""One ended turn as `memory.turn.learn` needs it, read from the rows in one hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.conversations import context
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import Generation, Status
from chatapp.memories import anchors, records
from chatapp.memories.book import TurnBook
from chatapp.memories.models import Anchor, TurnRecord
from memory.reply import Citation, Ending, Reply
from memory.turn import Answer, Turn

ENDINGS: Mapping[str, Ending] = {
    Status.COMPLETE: "complete",
    Status.STOPPED: "stopped",
    Status.FAILED: "failed",
    Status.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True)
class Learnable:
    """A turn that has ended. `name` and `told` describe its anchor to the service."""

    turn: Turn
    answer: Answer
    book: TurnBook
    record: TurnRecord
    user: User
    name: str
    told: Mapping[str, str]


def load(generation_id: UUID) -> Learnable | None:
    """The turn of this generation; None when it was deleted meanwhile."""
    generation = (
        Generation.objects.select_related(
            "message__parent", "conversation__user", "conversation__character"
        )
        .filter(pk=generation_id)
        .first()
    )
    if generation is None or generation.message.parent is None:
        return None
    conversation = generation.conversation
    asked = generation.message.parent
    anchor = context.anchor_of(conversation.user, conversation)
    record = _record(generation, anchor)
    recollection, injected = records.recollected(record)
    earlier = context.path(conversation, before=asked.created_at)
    turn = context.turn_of(conversation.user, conversation, asked, earlier, anchor)
    return Learnable(
        turn=turn,
        answer=Answer(recollection, injected, reply_of(generation)),
        book=TurnBook(
            record, user_message=asked.pk, assistant_message=generation.message_id
        ),
        record=record,
        user=conversation.user,
        name=lane_of(conversation.lane).anchor_name(conversation.character),
        told=anchors.metadata(anchor.lane, turn.user_external_id, anchor.key),
    )


def reply_of(generation: Generation) -> Reply:
    """The reply as it ended; one that was left behind for another is `replaced`."""
    ending = ENDINGS.get(generation.status, "interrupted")
    if ending == "complete" and not generation.message.selected:
        ending = "replaced"
    return Reply(
        text=generation.message.text,
        ending=ending,
        citations=tuple(Citation(label, at) for label, at in generation.citations),
        finish=generation.finish,
    )


def _record(generation: Generation, anchor: Anchor) -> TurnRecord:
    """The turn's record, below the anchor that the conversation has now."""
    with transaction.atomic():
        record, _ = TurnRecord.objects.select_related("anchor").get_or_create(
            generation=generation, defaults={"anchor": anchor}
        )
        if record.anchor_id != anchor.pk:
            # The guest whose reply this was has signed in to an account meanwhile.
            record.anchor = anchor
            record.save(update_fields=["anchor"])
    return record
