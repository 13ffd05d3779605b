"""Begins a conversation: its row, and the character's greeting as its first message."""

from __future__ import annotations

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations import context, path
from chatapp.conversations.models import Conversation, Message, Role


def open_conversation(user: User, character: Character, lane: str) -> Conversation:
    """A conversation that nothing was said in yet, or a new one.

    Pressing the button twice opens the same empty conversation, not two.
    """
    with transaction.atomic():
        # The person's row orders two tabs that press the button at the same moment.
        User.objects.select_for_update().get(pk=user.pk)
        unused = Conversation.objects.filter(
            user=user, character=character, lane=lane, title="", origin=None
        ).order_by("-created_at")
        if conversation := unused.first():
            return conversation
        conversation = Conversation.objects.create(
            user=user, character=character, lane=lane
        )
        context.anchor_of(conversation)
        if character.greeting:
            greeting = Message.objects.create(
                conversation=conversation, role=Role.ASSISTANT, text=character.greeting
            )
            conversation.leaf = greeting
            conversation.save(update_fields=["leaf"])
            path.append(conversation.pk, [greeting.pk])
    return conversation
