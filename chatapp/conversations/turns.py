"""The first transaction of a turn: a message, its coming reply, all that it needs.

`begin` writes the person's message, the empty reply and its generation at once, and
reads everything the runner needs. `ending.finish` is the second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.characters.personas import persona_for
from chatapp.conversations import context, hub, path
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import (
    Conversation,
    Generation,
    Message,
    Role,
)
from chatapp.conversations.staging import StageAsked
from chatapp.memories import ledger, off_record, queue
from chatapp.memories.models import Anchor
from chatapp.pipeline import Asked, pipelined, tell
from memory.recall import Known
from memory.turn import Turn

TITLE_CHARS = 60

# Written out for the same reason as in `caps`: the first word of a reply waits.
# Two statements, since one that waited for the lock would still see the time before.
LOCK = """
    SELECT leaf_id, title, origin_id FROM conversations_conversation
    WHERE id = %(conversation)s AND user_id = %(user)s FOR NO KEY UPDATE
"""
BEFORE = """
    SELECT (SELECT id FROM conversations_message
            WHERE conversation_id = %(conversation)s AND key = %(key)s),
           EXISTS (SELECT 1 FROM conversations_generation
                   WHERE conversation_id = %(conversation)s
                     AND status IN ('pending', 'streaming')),
           (SELECT coalesce(max(position) + 1, 0) FROM conversations_pathentry
            WHERE conversation_id = %(conversation)s)
"""
GROW = f"""
    WITH appended AS ({path.APPEND})
    UPDATE conversations_conversation
    SET leaf_id = %(leaf)s, title = %(title)s, updated_at = %(now)s,
        path_version = path_version + %(turned)s
    WHERE id = %(conversation)s
"""

WRITE = """
    WITH said AS (
        INSERT INTO conversations_message
               (conversation_id, id, parent_id, role, text, key, generation_id,
                persona_id, created_at)
        SELECT %(conversation)s, new.* FROM unnest(
            %(ids)s::uuid[], %(parents)s::uuid[], %(roles)s::text[], %(texts)s::text[],
            %(keys)s::uuid[], %(generations)s::uuid[], %(personas)s::uuid[],
            %(times)s::timestamptz[]
        ) AS new
    )
    INSERT INTO conversations_generation
           (id, message_id, base, conversation_id, status, seq, stop_requested, model,
            finish, citations, problem, detail, created_at, heartbeat_at)
    VALUES (%(generation)s, %(message)s, 0, %(conversation)s, 'pending', 0, false,
            %(model)s, '', '[]', '', '', %(now)s, %(now)s)
"""


@dataclass(frozen=True)
class Held:
    """A conversation whose row is locked: the message that was sent with the key.

    `running` is whether a reply is being written, `length` that of the path.
    """

    sent: UUID | None
    running: bool
    length: int


@dataclass(frozen=True)
class NewReply:
    """A reply to be: what it answers, what was said before, where it will stand.

    `position` is that of the first new message on the path. `turned` says that the
    path was cut there; `attempt` counts the replies to the same message before, and
    `key` is the page's for another one of them.
    """

    message: Message
    earlier: Sequence[context.Said]
    generation_id: UUID
    position: int
    turned: bool = False
    attempt: int = 0
    key: UUID | None = None


class ReplyRunning(Exception):
    """The conversation is still being answered: one reply at a time."""


class KeyUsed(Exception):
    """Other words were sent with this key before: they stand, and these are not lost."""


@dataclass(frozen=True)
class Begun:
    """A turn that has begun: its rows exist, its reply does not yet.

    `said` are the messages of the turn's history, in its order. `hidden` are the conversations whose memory does not count in this one. `fresh` is
    False when the same key was sent before: then nothing was created.
    """

    user_message: Message | None
    reply_message: Message
    generation: Generation
    turn: Turn
    anchor: Anchor
    anchor_name: str
    carried: Sequence[Known] = ()
    hidden: Sequence[UUID] = ()
    rules: off_record.Rules = off_record.PLAIN
    fresh: bool = True
    said: Sequence[UUID] = ()


def begin(user: User, conversation: Conversation, text: str, key: UUID) -> Begun:
    """Write the message and its coming reply.

    The same `key` again returns the rows of the first time. Raises ReplyRunning,
    KeyUsed, Conversation.DoesNotExist when it changed hands a moment ago, and
    CapReached when the person has used up what they may.
    """
    generation_id = uuid4()
    # Whoever hears of a message writes what may be refused, which a pipeline forbids.
    hears = lane_of(conversation.lane).heard is not None
    with transaction.atomic() if hears else pipelined():
        # One writer per conversation: a double click waits here for the first. What
        # is asked behind the lock is answered as it was when the lock was got.
        hold = Hold(user, conversation, key)
        reserve = caps.turn_tokens(text)
        admission = caps.Admission(user, generation_id, reserve=reserve)
        said = context.SaidAsked(conversation)
        scope = context.ask_anchor(conversation)
        held = hold.got()
        if held.sent is not None:
            return begun_before(user, conversation, held.sent, text)
        admission.decide()
        message = Message(
            conversation=conversation,
            parent_id=conversation.leaf_id,
            role=Role.USER,
            text=text,
            key=key,
            persona=persona_for(conversation),
        )
        if not conversation.title:
            conversation.title = title_of(text)
        new = NewReply(message, said.all(), generation_id, held.length)
        anchor = scope.one()
        # Whoever goes on leaves the last reply as it is: it may be learnt from.
        queue.end_grace(conversation.pk, anchor.pk)
        return reply_to(user, conversation, anchor, new)


class Hold:
    """Holds the conversation's row until the transaction ends, and reads it again."""

    def __init__(
        self, user: User, conversation: Conversation, key: UUID | None = None
    ) -> None:
        values: dict[str, UUID | int | None] = {
            "conversation": conversation.pk,
            "user": user.pk,
            "key": key,
        }
        self._conversation = conversation
        self._row = Asked(LOCK, values)
        self._before = Asked(BEFORE, values)

    def got(self) -> Held:
        """What was found behind the lock.

        Raises ReplyRunning unless the key was used before, and
        Conversation.DoesNotExist when it is not this person's any more.
        """
        held = self.anyway()
        if held.running and held.sent is None:
            raise ReplyRunning
        return held

    def anyway(self) -> Held:
        """As `got`, also while a reply is being written."""
        row = self._row.one()
        if row is None:
            raise Conversation.DoesNotExist
        shown = self._conversation
        shown.leaf_id, shown.title, shown.origin_id = row
        before = self._before.one()
        assert before is not None  # it selects three values, whatever there is
        return Held(*before)


def reply_to(
    user: User, conversation: Conversation, anchor: Anchor, new: NewReply
) -> Begun:
    """Write the rows of a coming reply; the conversation is held, the turn admitted."""
    message = new.message
    reply = Message(
        conversation=conversation,
        parent=message,
        role=Role.ASSISTANT,
        key=new.key,
        # The two rows point at each other: PostgreSQL looks at that when it commits.
        generation_id=new.generation_id,
    )
    generation = Generation(
        pk=new.generation_id,
        message=reply,
        conversation=conversation,
        model=wiring.chat_model_name(),
    )
    reply.generation = generation
    fresh = [message, reply] if message._state.adding else [reply]
    conversation.updated_at = timezone.now()
    _write(generation, fresh, conversation.updated_at)
    conversation.leaf = reply
    _grow(conversation, [row.pk for row in fresh], new)
    hub.poke(conversation.pk)
    lane = lane_of(conversation.lane)
    if lane.heard is not None and message in fresh:
        lane.heard(conversation, message)
    hidden = path.origins(conversation.origin_id)
    staged = StageAsked(conversation, new.position).staged(message, new.earlier)
    turn = context.turn_of(user, conversation, message, new.earlier, anchor, staged)
    caps.reserve_more(generation.pk, turn.instructions, turn.scene.tail)
    carried = ledger.CarriedAsked(anchor.pk, hidden, ledger.role_id(turn))
    rules = off_record.RulesAsked(conversation.pk, user.pk)
    return Begun(
        user_message=message if message in fresh else None,
        reply_message=reply,
        generation=generation,
        turn=replace(
            context.at_the_moment(turn, conversation, message), attempt=new.attempt
        ),
        anchor=anchor,
        anchor_name=lane.anchor_name(conversation.character),
        carried=carried.all(),
        hidden=hidden,
        rules=rules.one(),
        said=context.ids(new.earlier),
    )


def begun_before(
    user: User, conversation: Conversation, sent_id: UUID, text: str
) -> Begun:
    """What a message began that was sent before; raises KeyUsed for another text."""
    sent = Message.objects.get(pk=sent_id)
    if sent.text != text or sent.role != Role.USER:
        raise KeyUsed
    replies = sent.children.filter(conversation=conversation, generation__isnull=False)
    reply = replies.select_related("generation").order_by("-created_at")[0]
    anchor = context.anchor_of(conversation)
    return Begun(
        user_message=sent,
        reply_message=reply,
        generation=_generation_of(reply),
        turn=context.turn_of(user, conversation, sent, (), anchor),
        anchor=anchor,
        anchor_name="",
        fresh=False,
    )


def _write(generation: Generation, fresh: Sequence[Message], now: datetime) -> None:
    for place, row in enumerate(fresh):
        # Each after the one that it follows: their order is that of their times.
        row.created_at = now + timedelta(microseconds=place)
        row._state.adding, row._state.db = False, "default"
    generation.created_at = generation.heartbeat_at = now
    generation._state.adding, generation._state.db = False, "default"
    values = {
        "conversation": generation.conversation_id,
        "ids": [row.pk for row in fresh],
        "parents": [row.parent_id for row in fresh],
        "roles": [row.role for row in fresh],
        "texts": [row.text for row in fresh],
        "keys": [row.key for row in fresh],
        "generations": [row.generation_id for row in fresh],
        "personas": [row.persona_id for row in fresh],
        "times": [row.created_at for row in fresh],
        "generation": generation.pk,
        "message": generation.message_id,
        "model": generation.model,
        "now": now,
    }
    tell(WRITE, values)


def _grow(conversation: Conversation, shown: Sequence[UUID], new: NewReply) -> None:
    values = {
        "conversation": conversation.pk,
        "leaf": conversation.leaf_id,
        "title": conversation.title,
        "now": conversation.updated_at,
        "messages": list(shown),
        "position": new.position,
        "turned": int(new.turned),
    }
    tell(GROW, values)


def _generation_of(reply: Message) -> Generation:
    generation = reply.generation
    assert generation is not None  # every reply is written together with one
    return generation


def title_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"
