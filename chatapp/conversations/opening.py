"""Begins a conversation: its row, and the character's greetings as its first message.

The first message and its alternates are siblings without a parent: one pages through
them as through the versions of any other message, and goes on behind any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.characters.personas import persona_to_begin_with
from chatapp.characters.visible import visible_to
from chatapp.conversations import context, path
from chatapp.conversations.models import Conversation, Role
from chatapp.conversations.staging import greetings_of
from chatapp.pipeline import tell

GREET = """
    INSERT INTO conversations_message (conversation_id, id, role, text, created_at)
    SELECT %(conversation)s, new.id, %(role)s, new.text, new.at
    FROM unnest(%(ids)s::uuid[], %(texts)s::text[], %(times)s::timestamptz[])
         AS new (id, text, at)
"""

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
        _greet(conversation, greetings_of(conversation))
    return conversation


def _greet(conversation: Conversation, texts: Sequence[str]) -> None:
    """Write the greeting and its alternates, and show the first of them."""
    if not texts:
        return
    now = timezone.now()
    ids = [uuid4() for _ in texts]
    values = {
        "conversation": conversation.pk,
        "ids": ids,
        "texts": texts,
        # Each after the one before: their order is that of their times.
        "times": [now + timedelta(microseconds=n) for n in range(len(texts))],
        "role": Role.ASSISTANT,
    }
    tell(GREET, values)
    conversation.leaf_id = ids[0]
    conversation.save(update_fields=["leaf"])
    path.append(conversation.pk, ids[:1])


def _greet_anew(conversation: Conversation) -> None:
    """Greet as the character does by now, where nothing was said yet."""
    said = list(conversation.message_set.order_by("created_at", "pk"))
    texts = greetings_of(conversation)
    if any(message.parent_id for message in said):
        return
    if [message.text for message in said] == texts:
        return
    conversation.message_set.all().delete()
    conversation.leaf = None
    conversation.path_version += 1
    conversation.save(update_fields=["leaf", "path_version"])
    _greet(conversation, texts)
