"""One ended turn as `memory.turn.learn` needs it, read from the rows in one hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models import Case, When

from chatapp.accounts.models import User
from chatapp.characters.stage import Staged
from chatapp.conversations import context, hub
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import (
    Conversation,
    Generation,
    Message,
    PathEntry,
    Status,
)
from chatapp.conversations.staging import StageAsked
from chatapp.memories import anchors, off_record, records
from chatapp.memories.book import TurnBook
from chatapp.memories.models import Anchor, TurnRecord
from memory.reply import Citation, Ending, Reply
from memory.scene import Summary
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
    """The turn of this generation.

    None when it was deleted meanwhile, said off the record, or when its reply was left
    behind: that is noted on its record, and choosing the reply again has it learnt.
    """
    generation = (
        Generation.objects.select_related(
            "message__parent__persona",
            "conversation__user",
            "conversation__character",
        )
        .filter(pk=generation_id)
        .first()
    )
    if generation is None or generation.message.parent is None:
        return None
    conversation = generation.conversation
    asked = generation.message.parent
    anchor = context.anchor_of(conversation)
    record = _record(generation, anchor)
    if off_record.covers(generation_id):
        off_record.note(record.pk)
        hub.poke(conversation.pk)
        return None
    place = _place(generation)
    if place is None:
        place = _left_behind(generation, record)
    if place is None:
        return None
    recollection, injected = records.recollected(record)
    earlier = context.SaidAsked(place.conversation, place.position - 1).all()
    staged = _staged(conversation, asked, record)
    turn = replace(
        context.turn_of(
            conversation.user, conversation, asked, earlier, anchor, staged
        ),
        so_far=generation.message.text[: generation.base],
    )
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


def _staged(
    conversation: Conversation, asked: Message, record: TurnRecord
) -> Staged | None:
    """What else stood in the prompt: the card, and what the record has of it."""
    staged = StageAsked(conversation).bare(asked)
    if staged is None:
        return None
    scene = replace(
        staged.scene,
        lore=records.lore_told(record),
        summary=Summary(record.prompt_summary, record.prompt_covered),
    )
    return replace(staged, scene=scene)


def reply_of(generation: Generation) -> Reply:
    """What this generation wrote, and how it ended."""
    return Reply(
        text=generation.message.text[generation.span()],
        ending=ENDINGS.get(generation.status, "interrupted"),
        citations=tuple(Citation(label, at) for label, at in generation.citations),
        finish=generation.finish,
    )


def _place(generation: Generation) -> PathEntry | None:
    """Where the reply is shown: in its own conversation, or else in a branch."""
    shown = PathEntry.objects.filter(message_id=generation.message_id)
    home = Case(When(conversation_id=generation.conversation_id, then=0), default=1)
    return shown.select_related("conversation").order_by(home).first()


def _left_behind(generation: Generation, record: TurnRecord) -> PathEntry | None:
    """Write down that nothing is learnt; its place if it comes back at this moment."""
    with transaction.atomic():
        # Whoever changes the path holds this row: they see the step, or we the path.
        Conversation.objects.select_for_update(no_key=True).get(
            pk=generation.conversation_id
        )
        place = _place(generation)
        if place is None:
            records.note_left_behind(record)
            hub.poke(generation.conversation_id)
    return place


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
