"""Conversations of any length, written as rows: what search and long pages are measured on.

Inside Django. Words are those of `bench.sentences`, each fifth message in Korean or
Japanese; every thousandth has a word of its own.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from bench.sentences import facts
from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.models import Conversation, Message, PathEntry, Role

KOREAN = (
    "주말마다 산에서 버섯을 따요",
    "고양이가 창가에서 자고 있어요",
    "비 오는 날에는 재즈를 들어요",
)
JAPANESE = (
    "週末は山できのこを採ります",
    "猫が窓辺で寝ています",
    "雨の日はジャズを聴きます",
)
REPLY = (
    "*nods slowly* {fact} I had **not** forgotten that.\n\nTell me how it went, and"
    " what you mean to do about it {number}:\n\n- the short way\n- the `long` way\n"
)


def person(name: str) -> User:
    """Somebody with an account and no past."""
    return User.objects.create(username=f"{name}-{uuid4().hex[:8]}")


def said(number: int, fact: str) -> str:
    """The message of that number."""
    if number % 10 == 3:
        return f"{KOREAN[number % 3]}. {number}"
    if number % 10 == 8:
        return f"{JAPANESE[number % 3]}。{number}"
    own = f" zebrafinch{number // 1000}" if number % 1000 == 500 else ""
    if number % 2:
        return REPLY.format(fact=fact, number=number) + own
    return f"{fact} {number}{own}"


def conversation(user: User, count: int, *, begin: int = 0) -> Conversation:
    """One with `count` messages, all of them shown."""
    character = Character.objects.filter(is_tutor=False).order_by("order")[0]
    talk = Conversation.objects.create(
        user=user, character=character, title=f"Talk {begin}"
    )
    now = timezone.now()
    told = facts(500)
    messages: list[Message] = []
    for place in range(count):
        number = begin + place
        message = Message(
            conversation=talk,
            parent=messages[-1] if messages else None,
            role=Role.ASSISTANT if place % 2 else Role.USER,
            text=said(number, told[number % len(told)]),
        )
        messages.append(message)
    Message.objects.bulk_create(messages, batch_size=1000)
    PathEntry.objects.bulk_create(
        [
            PathEntry(conversation=talk, message=message, position=place)
            for place, message in enumerate(messages)
        ],
        batch_size=1000,
    )
    talk.leaf = messages[-1]
    talk.updated_at = now - timedelta(seconds=count)
    talk.save(update_fields=["leaf", "updated_at"])
    return talk
