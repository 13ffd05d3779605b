"""Names, pins, folders, the archive: the person's own order, and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations import keeping, threads
from chatapp.conversations.models import Conversation, Folder
from tests.conversations.tree import say, texts

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def page_of_mine(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def html(response: Any) -> str:
    return str(response.content.decode())


def several(person: User, conversation: Conversation, count: int) -> list[Conversation]:
    now = timezone.now()
    return [
        Conversation.objects.create(
            user=person,
            character=conversation.character,
            title=f"Talk {number}",
            updated_at=now,
        )
        for number in range(count)
    ]


def titles(user: User, **options: Any) -> list[str]:
    return [thread.preview for thread in threads.page_of(user, **options).threads]


def test_a_new_name_stays_when_more_is_said(
    page_of_mine: Client, conversation: Conversation
) -> None:
    answered = page_of_mine.post(
        f"/c/{conversation.pk}/rename/", {"title": "<i>Bees</i>"}
    )
    assert answered.status_code == 302
    say(conversation, "One.")
    conversation.refresh_from_db()
    assert conversation.title == "<i>Bees</i>"
    assert "&lt;i&gt;Bees&lt;/i&gt;" in html(page_of_mine.get("/conversations/"))


def test_pinned_ones_come_first_in_every_list(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    rows = several(person, conversation, 3)
    row = page_of_mine.post(f"/c/{rows[0].pk}/pin/", {"on": "yes"}, headers=HTMX)
    assert "Unpin" in html(row)
    assert titles(person)[0] == threads.listed(person)[0].preview == "Talk 0"
    page_of_mine.post(f"/c/{rows[0].pk}/pin/", {"on": "no"}, headers=HTMX)
    assert not threads.listed(person)[0].is_pinned


def test_the_archive_takes_a_conversation_out_of_the_lists_and_the_undo_back(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    say(conversation, "Bees.")
    address = f"/c/{conversation.pk}/archive/"
    row = html(page_of_mine.post(address, {"on": "yes"}, headers=HTMX))
    assert "Undo" in row
    assert titles(person) == []
    assert titles(person, archived=True) == ["Bees."]
    assert texts(conversation) == ["Bees.", "Re: Bees."]
    assert page_of_mine.get(f"/c/{conversation.pk}/keep/").status_code == 200
    back = {"on": "no", "undo": "yes"}
    assert "Undo" not in html(page_of_mine.post(address, back, headers=HTMX))
    assert titles(person) == ["Bees."]


def test_a_conversation_moves_into_a_new_folder_and_out_of_it(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    say(conversation, "Bees.")
    page_of_mine.post(f"/c/{conversation.pk}/move/", {"folder": "", "new": "Garden"})
    folder = Folder.objects.get(owner=person)
    assert titles(person, folder=folder.pk) == ["Bees."]
    page = html(page_of_mine.get("/conversations/", {"folder": folder.pk}))
    assert "Garden" in page
    page_of_mine.post(f"/c/{conversation.pk}/move/", {"folder": "", "new": ""})
    assert titles(person, folder=folder.pk) == []


def test_the_same_new_name_is_the_same_folder(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    for row in several(person, conversation, 2):
        page_of_mine.post(f"/c/{row.pk}/move/", {"new": "Garden"})
    assert keeping.folders_of(person)[0][1] == "2"


def test_a_removed_folder_leaves_its_conversations(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    say(conversation, "Bees.")
    folder = keeping.new_folder(person, "Garden")
    keeping.move(conversation, folder)
    page_of_mine.post(f"/conversations/folders/{folder.pk}/", {"remove": "yes"})
    assert titles(person) == ["Bees."]


@pytest.mark.parametrize("name", ["", "x" * 61, "Other"])
def test_a_name_that_can_not_be_is_refused(
    page_of_mine: Client, person: User, name: str
) -> None:
    keeping.new_folder(person, "Other")
    folder = keeping.new_folder(person, "Garden")
    page_of_mine.post(f"/conversations/folders/{folder.pk}/", {"name": name})
    folder.refresh_from_db()
    assert folder.name == "Garden"


def test_pages_of_the_list_hold_each_conversation_once(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "PAGE", 2)
    rows = several(person, conversation, 5)
    same = timezone.now() - timedelta(days=1)
    Conversation.objects.filter(user=person).update(updated_at=same)
    keeping.pin(rows[3], on=True)
    Conversation.objects.filter(pk=conversation.pk).delete()
    seen: list[str] = []
    begin = ""
    for _ in range(3):
        page = threads.page_of(person, begin=begin)
        seen += [thread.preview for thread in page.threads]
        begin = page.next
        if not begin:
            break
    assert seen[0] == "Talk 3"
    assert sorted(seen) == [f"Talk {number}" for number in range(5)]


def test_more_of_the_list_is_answered_as_rows(
    page_of_mine: Client,
    person: User,
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "PAGE", 2)
    several(person, conversation, 3)
    page = html(page_of_mine.get("/conversations/"))
    more = re.search(r'hx-get="([^"]+)"', page)
    assert more
    rows = html(page_of_mine.get(more[1].replace("&amp;", "&")))
    assert rows.count('class="row"') == 2
    assert "<html" not in rows


@pytest.mark.parametrize("verb", ["rename", "pin", "archive", "move"])
def test_another_person_changes_nothing(
    conversation: Conversation, make_person: Callable[[str], User], verb: str
) -> None:
    stranger = Client()
    stranger.force_login(make_person("noor"))
    answered = stranger.post(f"/c/{conversation.pk}/{verb}/", {"on": "yes"})
    assert answered.status_code == 404
    assert stranger.get(f"/c/{conversation.pk}/keep/").status_code == 404


def test_nobody_puts_a_conversation_into_another_person_s_folder(
    page_of_mine: Client, conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    theirs = keeping.new_folder(make_person("noor"), "Theirs")
    page_of_mine.post(f"/c/{conversation.pk}/move/", {"folder": theirs.pk})
    conversation.refresh_from_db()
    assert conversation.folder is None
    address = f"/conversations/folders/{theirs.pk}/"
    assert page_of_mine.post(address, {"remove": "yes"}).status_code == 404


def test_a_list_costs_the_same_queries_however_many_there_are(
    person: User, conversation: Conversation, django_assert_max_num_queries: Any
) -> None:
    several(person, conversation, 60)
    with django_assert_max_num_queries(2):
        assert len(threads.page_of(person).threads) == threads.PAGE
    with django_assert_max_num_queries(1):
        assert len(threads.listed(person)) == threads.LISTED
