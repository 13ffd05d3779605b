"""Begins a conversation: its row, and its lane's greeting as its first message."""

from __future__ import annotations

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.characters.personas import persona_to_begin_with
from chatapp.characters.visible import visible_to
from chatapp.conversations import context, path
from chatapp.conversations.lanes import first_message, lane_of
from chatapp.conversations.models import Conversation, Message, Role

PLAYED = "character"
"""The lane in which people may play a role; a learner learns as themselves."""


def open_conversation(user: User, character: Character, lane: str) -> Conversation:
    """A conversation that nothing was said in yet, or a new one.

    Pressing the button twice opens the same empty conversation, not two; its greeting
    is then that of today. Raises `Character.DoesNotExist` for a character that is
    another's, or was deleted.
    """
    with transaction.atomic():
        # The person's row orders two tabs that press the button at the same moment.
        User.objects.select_for_update().get(pk=user.pk)
        if lane == "character":
            visible_to(user).only("pk").get(pk=character.pk)
        unused = Conversation.objects.filter(
            user=user, character=character, lane=lane, title="", origin=None
        ).order_by("-created_at")
        if conversation := unused.first():
            _greet_anew(conversation)
            return conversation
        conversation = Conversation.objects.create(
            user=user,
            character=character,
            lane=lane,
            persona=persona_to_begin_with(user, character) if lane == PLAYED else None,
        )
        context.anchor_of(conversation)
        if words := lane_of(lane).greeting(conversation):
            greeting = Message.objects.create(
                conversation=conversation, role=Role.ASSISTANT, text=words
            )
            conversation.leaf = greeting
            conversation.save(update_fields=["leaf"])
            path.append(conversation.pk, [greeting.pk])
    return conversation


def _greet_anew(conversation: Conversation) -> None:
    """Nothing was said yet: a greeting of what is known may be out of date."""
    greeting = lane_of(conversation.lane).greeting
    if greeting is first_message:
        return  # a character's stands, and may be the one that the person chose
    words = greeting(conversation)
    if words and conversation.leaf_id is not None:
        Message.objects.filter(
            pk=conversation.leaf_id, role=Role.ASSISTANT, generation=None
        ).update(text=words)
