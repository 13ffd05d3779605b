"""A conversation as a test has it: said with `say`, read with `texts`."""

from __future__ import annotations

import uuid

from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Message, Status
from chatapp.conversations.shown import Shown
from chatapp.conversations.turns import Begun, begin
from chatapp.conversations.window import window


def say(conversation: Conversation, text: str, reply: str | None = None) -> Begun:
    """A turn with its reply; `reply` "" is one that is still being written."""
    begun = begin(conversation.user, conversation, text, uuid.uuid4())
    answer(begun, f"Re: {text}" if reply is None else reply)
    return begun


def answer(begun: Begun, text: str) -> None:
    """End the reply, unless the text is empty."""
    if text:
        finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, text))


def texts(conversation: Conversation) -> list[str]:
    """What the conversation shows, the greeting apart."""
    shown = Message.objects.filter(pathentry__conversation=conversation)
    ordered = shown.exclude(parent=None, role="assistant").order_by(
        "pathentry__position"
    )
    return list(ordered.values_list("text", flat=True))


def shown(conversation: Conversation, text: str) -> Message:
    """The shown message with this text."""
    return Message.objects.get(pathentry__conversation=conversation, text=text)


def messages_of(conversation: Conversation) -> list[Shown]:
    """What the conversation's page shows at first."""
    return [one for stretch in window(conversation) for one in stretch.messages]
