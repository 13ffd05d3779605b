"""Begins a conversation: its row, and the character's greeting as its first message."""

from __future__ import annotations

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.characters.definition import definition
from chatapp.characters.models import Character
from chatapp.characters.visible import visible_to
from chatapp.conversations import context, path
from chatapp.conversations.models import Conversation, Message, Role


def open_conversation(user: User, character: Character, lane: str) -> Conversation:
    """A conversation that nothing was said in yet, or a new one.

    Pressing the button twice opens the same empty conversation, not two. Raises
    `Character.DoesNotExist` for a character that is another's, or was deleted.
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
            return conversation
        conversation = Conversation.objects.create(
            user=user, character=character, lane=lane
        )
        context.anchor_of(conversation)
        if first := definition(character).first_mes:
            greeting = Message.objects.create(
                conversation=conversation, role=Role.ASSISTANT, text=first
            )
            conversation.leaf = greeting
            conversation.save(update_fields=["leaf"])
            path.append(conversation.pk, [greeting.pk])
    return conversation
