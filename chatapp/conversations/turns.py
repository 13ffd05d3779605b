"""The two transactions of a turn: it begins with a message and ends with a reply.

`begin` writes the person's message, the empty reply and its generation at once, and
reads everything the runner needs. `finish` writes the reply, however it ended, and
defers what must be learnt from it, at once too: neither can happen without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.conversations import context, hub, tasks
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import (
    RUNNING,
    Conversation,
    Generation,
    GenerationEvent,
    Message,
    Role,
    Status,
)
from chatapp.memories import ledger, records
from chatapp.memories.models import Anchor
from memory.recall import Known
from memory.reply import Citation
from memory.turn import Turn

TITLE_CHARS = 60


class ReplyRunning(Exception):
    """The conversation is still being answered: one reply at a time."""


@dataclass(frozen=True)
class Begun:
    """A turn that has begun: its rows exist, its reply does not yet.

    `fresh` is False when the same key was sent before: then nothing was created.
    """

    user_message: Message | None
    reply_message: Message
    generation: Generation
    turn: Turn
    anchor: Anchor
    anchor_name: str
    carried: Sequence[Known] = ()
    fresh: bool = True


@dataclass(frozen=True)
class Ended:
    """How a reply ended, as it is written down."""

    status: Status
    text: str
    citations: Sequence[Citation] = ()
    finish: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    problem: str = ""
    detail: str = ""
    reply_ms: float = 0.0


def begin(user: User, conversation: Conversation, text: str, key: UUID) -> Begun:
    """Write the message and its coming reply.

    The same `key` again returns the rows of the first time. Raises ReplyRunning, and
    CapReached when the person has used up what they may.
    """
    with transaction.atomic():
        # One writer per conversation: a double click waits here for the first.
        conversation = _lock(conversation.pk)
        if sent := conversation.message_set.filter(key=key).first():
            return _begun_before(user, conversation, sent)
        _refuse_second(conversation)
        generation_id = uuid4()
        caps.admit(user, generation_id)
        path = context.path(conversation)
        message = Message.objects.create(
            conversation=conversation,
            parent_id=conversation.leaf_id,
            role=Role.USER,
            text=text,
            key=key,
        )
        if not conversation.title:
            conversation.title = _title(text)
        return _reply_to(user, conversation, message, path, generation_id)


def begin_again(user: User, conversation: Conversation) -> Begun | None:
    """Answer the last message anew; the reply so far stays as a sibling.

    None when there is nothing to answer. Raises as `begin` does.
    """
    with transaction.atomic():
        conversation = _lock(conversation.pk)
        _refuse_second(conversation)
        path = context.path(conversation)
        while path and path[-1].role == Role.ASSISTANT:
            left = path.pop()
            left.selected = False
            left.save(update_fields=["selected"])
        if not path:
            transaction.set_rollback(True)
            return None
        generation_id = uuid4()
        caps.admit(user, generation_id)
        begun = _reply_to(user, conversation, path[-1], path[:-1], generation_id)
        attempt = path[-1].children.filter(selected=False).count()
        return replace(
            begun, user_message=None, turn=replace(begun.turn, attempt=attempt)
        )


def finish(generation: Generation, anchor_id: UUID, ended: Ended) -> bool:
    """Write how the reply ended and defer its learning; False if it had ended before."""
    now = timezone.now()
    with transaction.atomic():
        mine = Generation.objects.filter(pk=generation.pk, status__in=RUNNING).update(
            status=ended.status,
            finish=ended.finish,
            citations=[[c.label, c.offset] for c in ended.citations],
            prompt_tokens=ended.prompt_tokens,
            completion_tokens=ended.completion_tokens,
            problem=ended.problem,
            detail=ended.detail,
            ended_at=now,
        )
        if not mine:
            return False
        Message.objects.filter(pk=generation.message_id).update(text=ended.text)
        GenerationEvent.objects.filter(generation=generation).delete()
        Conversation.objects.filter(pk=generation.conversation_id).update(
            updated_at=now
        )
        caps.settle(generation.pk, _tokens(ended))
        records.note_reply(
            generation.pk,
            anchor_id,
            ms=ended.reply_ms,
            complete=ended.status == Status.COMPLETE,
            detail=ended.problem,
        )
        tasks.defer_learning(generation.pk, anchor_id)
        hub.poke(generation.conversation_id)
    return True


def _lock(pk: UUID) -> Conversation:
    return (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("character")
        .get(pk=pk)
    )


def _refuse_second(conversation: Conversation) -> None:
    if conversation.generation_set.filter(status__in=RUNNING).exists():
        raise ReplyRunning


def _reply_to(
    user: User,
    conversation: Conversation,
    message: Message,
    earlier: Sequence[Message],
    generation_id: UUID,
) -> Begun:
    reply = Message.objects.create(
        conversation=conversation, parent=message, role=Role.ASSISTANT
    )
    generation = Generation.objects.create(
        pk=generation_id,
        message=reply,
        conversation=conversation,
        model=wiring.chat_model_name(),
    )
    conversation.leaf = reply
    conversation.updated_at = timezone.now()
    conversation.save(update_fields=["leaf", "title", "updated_at"])
    hub.poke(conversation.pk)
    anchor = context.anchor_of(user, conversation)
    return Begun(
        user_message=message,
        reply_message=reply,
        generation=generation,
        turn=context.turn_of(user, conversation, message, earlier, anchor),
        anchor=anchor,
        anchor_name=lane_of(conversation.lane).anchor_name(conversation.character),
        carried=ledger.carried_now(anchor.pk),
    )


def _begun_before(user: User, conversation: Conversation, sent: Message) -> Begun:
    reply = sent.children.select_related("generation").order_by("-created_at")[0]
    anchor = context.anchor_of(user, conversation)
    return Begun(
        user_message=sent,
        reply_message=reply,
        generation=reply.generation,
        turn=context.turn_of(user, conversation, sent, (), anchor),
        anchor=anchor,
        anchor_name="",
        fresh=False,
    )


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"


def _tokens(ended: Ended) -> int:
    """What the turn cost; estimated when the model did not say."""
    if ended.prompt_tokens is not None and ended.completion_tokens is not None:
        return ended.prompt_tokens + ended.completion_tokens
    return max(1, len(ended.text) // 4)
