"""Lists of conversations cost the same at the thousandth as at the hundredth.

Counted in statements and in rows that PostgreSQL reads: no time depends on the machine.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations import keeping
from chatapp.conversations.models import (
    Conversation,
    Folder,
    Message,
    PathEntry,
    Role,
)
from tests.harness import statistics
from tests.harness.rows import rows_read

pytestmark = pytest.mark.django_db


def fill(first: Conversation, folder: Folder, count: int) -> None:
    """So many conversations more, each of two messages, in one folder."""
    now = timezone.now()
    talks = Conversation.objects.bulk_create(
        Conversation(
            user=first.user,
            character=first.character,
            folder=folder,
            title=f"Talk {number}",
            updated_at=now - timedelta(minutes=number),
        )
        for number in range(count)
    )
    messages = []
    for talk in talks:
        asked = Message(conversation=talk, role=Role.USER, text="Words.")
        told = Message(
            conversation=talk, role=Role.ASSISTANT, text="More.", parent=asked
        )
        messages += [asked, told]
    Message.objects.bulk_create(messages)
    PathEntry.objects.bulk_create(
        PathEntry(
            conversation_id=message.conversation_id, message=message, position=n % 2
        )
        for n, message in enumerate(messages)
    )
    statistics.gather()


def test_every_list_costs_the_same_whatever_its_length(
    person: User, conversation: Conversation
) -> None:
    mine = Client()
    mine.force_login(person)
    folder = keeping.new_folder(person, "Boats")
    every = reverse("conversations:list")
    addresses = (
        conversation.get_absolute_url(),
        every,
        f"{every}?folder={folder.pk}",
        reverse("home"),
        reverse("conversations:keep", args=[conversation.pk]),
    )
    spent: dict[str, list[tuple[int, int]]] = {address: [] for address in addresses}
    for count in (150, 1_350):
        fill(conversation, folder, count)
        for address in addresses:
            mine.get(address)
            with rows_read() as read:
                assert mine.get(address).status_code == 200
            spent[address].append((read.statements, read.rows))
    for address, ((statements, few), (same, many)) in spent.items():
        assert same == statements, address
        assert many <= few + 20, spent


def test_a_long_conversation_opens_at_the_cost_of_a_short_one(
    person: User, conversation: Conversation
) -> None:
    mine = Client()
    mine.force_login(person)
    begin = 1
    spent = []
    for count in (200, 1_800):
        rows: list[Message] = []
        last = conversation.leaf
        for number in range(begin, begin + count):
            last = Message(
                conversation=conversation,
                role=(Role.ASSISTANT, Role.USER)[number % 2],
                text=f"Line {number}.",
                parent=last,
            )
            rows.append(last)
        Message.objects.bulk_create(rows)
        PathEntry.objects.bulk_create(
            PathEntry(conversation=conversation, message=row, position=begin + n)
            for n, row in enumerate(rows)
        )
        conversation.leaf = rows[-1]
        conversation.save(update_fields=["leaf"])
        begin += count
        statistics.gather()
        page = conversation.get_absolute_url()
        for address in (
            page,
            f"{page}?at={rows[50].pk}",
            f"{page}transcript/fill/?before={rows[-40].pk}",
        ):
            mine.get(address)
            with rows_read() as read:
                assert mine.get(address).status_code == 200
            spent.append((read.statements, read.rows, address))
    for few, many in zip(spent[:3], spent[3:], strict=True):
        assert many[0] == few[0]
        assert many[1] <= few[1] + 20, spent


def test_a_full_folder_says_that_it_is(
    person: User, conversation: Conversation
) -> None:
    folder = keeping.new_folder(person, "Boats")
    fill(conversation, folder, 99)
    assert keeping.folders_of(person) == [(folder, "99")]
    fill(conversation, folder, 1)
    assert keeping.folders_of(person) == [(folder, "99+")]
