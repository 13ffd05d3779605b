"""Continue: a reply that has ended goes on in the same message.

A second generation of that message begins where its text ends. It has a record of its
own, since it has a recall and a prompt of its own; what it adds is all that is learnt.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.conversations import context, hub, path
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import (
    Conversation,
    Generation,
    Message,
    Role,
    Status,
)
from chatapp.conversations.staging import StageAsked
from chatapp.conversations.turns import Begun, Hold, ReplyRunning
from chatapp.memories import ledger, off_record

PARAGRAPH = "\n\n"


class NothingToContinue(Exception):
    """It is no reply at the end of what is shown, or there is no word of it."""


class Shared(Exception):
    """Another conversation was branched from this reply: it would change there too."""


class GoneOn(Exception):
    """It has been continued since: asking again creates nothing twice."""


def begin(
    user: User,
    conversation: Conversation,
    message_id: UUID,
    after: UUID | None = None,
) -> Begun:
    """Write the generation that goes on with this reply.

    `after` is the newest generation that whoever asks knows of. Raises GoneOn when
    there is a newer one, ReplyRunning, NothingToContinue, Shared, Message.DoesNotExist
    when it is not shown here, Conversation.DoesNotExist when that changed hands a
    moment ago, and CapReached when the person has used up what they may.
    """
    with transaction.atomic():
        held = Hold(user, conversation).anyway()  # one writer per conversation
        reply = Message.objects.select_related("generation", "parent").get(
            pk=message_id, pathentry__conversation=conversation
        )
        if after is not None and reply.generation_id != after:
            raise GoneOn
        if held.running:
            raise ReplyRunning
        elsewhere = reply.pathentry_set.exclude(conversation=conversation)
        if reply.conversation_id != conversation.pk or elsewhere.exists():
            raise Shared
        if not can_continue(conversation, reply) or reply.parent is None:
            raise NothingToContinue
        return _begin(user, conversation, reply, reply.parent)


def can_continue(conversation: Conversation, message: Message) -> bool:
    """Whether there is a beginning to go on with, at the end of what is shown.

    Not with one that another conversation shares: its text would change there too.
    """
    return bool(
        message.role == Role.ASSISTANT
        and message.pk == conversation.leaf_id
        and message.conversation_id == conversation.pk
        and message.text.strip()
        and message.generation
        and not message.generation.running
    )


def _begin(
    user: User, conversation: Conversation, reply: Message, asked: Message
) -> Begun:
    before = reply.generation
    assert before is not None  # `can_continue` looked
    generation_id = uuid4()
    reserve = caps.turn_tokens(asked.text, reply.text)
    caps.admit(user, generation_id, reserve=reserve)
    generation = Generation.objects.create(
        pk=generation_id,
        message=reply,
        base=len(reply.text),
        conversation=conversation,
        model=wiring.chat_model_name(),
    )
    reply.generation = generation
    reply.save(update_fields=["generation"])
    Conversation.objects.filter(pk=conversation.pk).update(updated_at=timezone.now())
    hub.poke(conversation.pk)
    anchor = context.anchor_of(conversation)
    place = path.place_of(conversation.pk, reply.pk)
    assert place is not None  # it is the leaf
    earlier = context.SaidAsked(conversation, place.position - 1).all()
    staged = StageAsked(conversation, place.position).staged(asked, earlier)
    hidden = path.origins(conversation.origin_id)
    whole = before.status == Status.COMPLETE and before.finish == "stop"
    turn = context.turn_of(user, conversation, asked, earlier, anchor, staged)
    caps.reserve_more(generation_id, turn.instructions, turn.scene.tail)
    return Begun(
        user_message=None,
        reply_message=reply,
        generation=generation,
        turn=replace(
            context.at_the_moment(turn, conversation, asked),
            so_far=reply.text,
            joint=PARAGRAPH if whole else "",
        ),
        anchor=anchor,
        anchor_name=lane_of(conversation.lane).anchor_name(conversation.character),
        carried=ledger.CarriedAsked(anchor.pk, hidden, ledger.role_id(turn)).all(),
        hidden=hidden,
        rules=off_record.RulesAsked(conversation.pk, user.pk).one(),
        said=context.ids(earlier),
    )
