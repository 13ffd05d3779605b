"""Says it again: another wording of one's own message, another reply to it.

Nothing is written over. What was there stays as a sibling with everything below it,
off the path, and so does what was remembered from it.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction

from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.characters.personas import persona_for
from chatapp.conversations import context, path, turns
from chatapp.conversations.models import Conversation, Message, Role
from chatapp.conversations.turns import Begun, NewReply


class NothingToAnswer(Exception):
    """The message answers nobody: it is a greeting, or the person's own."""


class Answered(Exception):
    """It was answered anew with this key before: asking again creates nothing twice."""


def edit(
    user: User, conversation: Conversation, message_id: UUID, text: str, key: UUID
) -> Begun:
    """Write a sibling of one's own message with another text, and its coming reply.

    The same `key` again returns the rows of the first time. Raises as `turns.begin`
    does, and Message.DoesNotExist when no message of the person's has a place here.
    """
    generation_id = uuid4()
    with transaction.atomic():
        hold = turns.Hold(user, conversation, key)
        reserve = caps.turn_tokens(text)
        admission = caps.Admission(user, generation_id, reserve=reserve)
        scope = context.ask_anchor(conversation)
        held = hold.got()
        if held.sent is not None:
            return turns.begun_before(user, conversation, held.sent, text)
        place = _place(conversation, message_id)
        before = Message.objects.get(pk=message_id, role=Role.USER)
        admission.decide()
        said = context.SaidAsked(conversation, place.position)
        path.leave(conversation.pk, place.position)
        message = Message(
            conversation=conversation,
            parent_id=before.parent_id,
            role=Role.USER,
            text=text,
            key=key,
            persona=persona_for(conversation),
        )
        if conversation.title == turns.title_of(before.text):
            conversation.title = turns.title_of(text)
        new = NewReply(message, said.all(), generation_id, place.position, turned=True)
        return turns.reply_to(user, conversation, scope.one(), new)


def regenerate(
    user: User,
    conversation: Conversation,
    message_id: UUID,
    key: UUID | None = None,
) -> Begun:
    """Answer once more what this reply answers.

    Raises as `turns.begin` does, Message.DoesNotExist when the message has no place
    here, NothingToAnswer, and Answered for a `key` that was used before.
    """
    generation_id = uuid4()
    with transaction.atomic():
        hold = turns.Hold(user, conversation, key)
        admission = caps.Admission(user, generation_id)
        scope = context.ask_anchor(conversation)
        if hold.got().sent is not None:
            raise Answered
        place = _place(conversation, message_id)
        before = Message.objects.select_related("parent").get(pk=message_id)
        asked = before.parent
        if before.role == Role.USER or asked is None or asked.role != Role.USER:
            raise NothingToAnswer
        admission.decide()
        siblings = path.siblings(conversation.pk, [before])
        said = context.SaidAsked(conversation, place.position - 1)
        path.leave(conversation.pk, place.position)
        new = NewReply(
            asked,
            said.all(),
            generation_id,
            place.position,
            turned=True,
            attempt=len(siblings.get(before.pk, (before.pk,))),
            key=key,
        )
        return turns.reply_to(user, conversation, scope.one(), new)


def _place(conversation: Conversation, message_id: UUID) -> path.Place:
    place = path.place_of(conversation.pk, message_id)
    if place is None:
        raise Message.DoesNotExist
    return place
