"""The Memory page: all that is remembered, as a picture and a file, and its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.memories import everything, forgetting, sharing
from chatapp.memories.models import Atom, AtomState, Removal, TurnRecord, Upstream
from chatapp.memories.timeline import timeline
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db
RAIN = "User *loves* <rain>."


@pytest.fixture
def owner(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_the_page_shows_everything_and_another_person_nothing(
    owner: Client, conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    remember(conversation, RAIN)
    page = owner.get(reverse("memories:mine")).content.decode()
    assert "User *loves* &lt;rain&gt;." in page
    assert "The same as a table" in page
    assert "with Aria" in page or ">Aria<" in page
    owner.force_login(make_person("eve"))
    page = owner.get(reverse("memories:mine")).content.decode()
    assert "loves" not in page
    assert "Nothing is remembered about you yet" in page


def test_the_export_holds_every_memory_and_no_word_of_what_was_forgotten(
    owner: Client, person: User, conversation: Conversation
) -> None:
    remember(conversation, RAIN, quote="I love rain")
    long_ago = timezone.now() - timedelta(days=9)
    conversation.message_set.update(created_at=long_ago)
    gone = remember(conversation, "User fears geese.")
    forgetting.forget(gone.pk)
    told = json.loads(owner.get(reverse("memories:export", args=["json"])).content)
    (memory,) = told["memories"]
    assert memory["content"] == RAIN
    assert memory["evidence"][0]["quote"] == "I love rain"
    assert (memory["known_by"], memory["recalled"]) == ("Aria", 0)
    assert told["removed"][0]["memory_service"] == "waiting"
    answer = owner.get(reverse("memories:export", args=["md"]))
    assert answer["Content-Disposition"].endswith('.md"')
    text = answer.content.decode()
    assert r"User \*loves\* \<rain\>." in text
    assert "geese" not in text + json.dumps(told)
    assert "## What was removed\n\n- 20" in text
    assert ": Forgotten. Being removed; the memory service has not confirmed it" in text
    at = datetime.fromisoformat(memory["evidence"][0]["said_at"])
    assert abs(at - long_ago) < timedelta(seconds=1)


def test_the_export_says_until_when_something_was_true(
    owner: Client, conversation: Conversation
) -> None:
    moved = timezone.make_aware(datetime(2026, 10, 5, 12))
    new = remember(conversation, "User lives in Porto.", valid_from=moved)
    old = remember(conversation, "User lives in Lisbon.")
    Atom.objects.filter(pk=old.pk).update(superseded_by=new)
    told = json.loads(owner.get(reverse("memories:export", args=["json"])).content)
    until = {each["content"]: each["true_until"][:10] for each in told["memories"]}
    assert until == {"User lives in Porto.": "", "User lives in Lisbon.": "2026-10-05"}
    text = owner.get(reverse("memories:export", args=["md"])).content.decode()
    assert text.count("True until") == 1
    assert "*True until 2026-10-05" in text


def test_everything_is_deleted_only_when_the_box_is_ticked(
    owner: Client, person: User, conversation: Conversation
) -> None:
    for number in range(3):
        remember(conversation, f"Fact {number}.", pinned=not number)
    owner.post(reverse("memories:delete_all"))
    assert Atom.objects.filter(state=AtomState.SAVED).count() == 3
    owner.post(reverse("memories:delete_all"), {"sure": "yes"})
    assert {atom.state for atom in Atom.objects.all()} == {AtomState.FORGOTTEN}
    assert everything.progress(person).waiting == 3
    assert not TurnRecord.objects.exists()


def test_the_receipt_says_what_the_service_can_not_delete(
    owner: Client, person: User, conversation: Conversation
) -> None:
    outcomes = (Upstream.DELETED, Upstream.MASKED, Upstream.NEVER)
    atoms = [remember(conversation, f"Fact {number}.") for number in range(3)]
    assert everything.delete_everything(person) == 3
    Removal.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    for atom, outcome in zip(atoms, outcomes, strict=True):
        forgetting.erase(atom.pk, outcome)
    page = owner.get(reverse("memories:receipt")).content.decode()
    assert "1 deleted at the memory service" in page
    assert "1 can not be deleted there" in page
    assert "1 had never been stored there" in page
    assert "hx-get" not in page  # nothing is left to wait for
    assert {atom.content for atom in Atom.objects.all()} == {""}


def test_others_keep_theirs_when_one_deletes_everything(
    conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    atom = remember(conversation, RAIN)
    assert everything.delete_everything(make_person("eve")) == 0
    atom.refresh_from_db()
    assert atom.state == AtomState.SAVED


def test_sharing_is_switched_by_a_post_alone(owner: Client, person: User) -> None:
    address = reverse("memories:share")
    assert owner.get(address).status_code == 405
    owner.post(address, {"on": "yes"})
    assert sharing.is_on(person)
    owner.post(address, {"on": "no"})
    assert not sharing.is_on(person)


@pytest.mark.parametrize(
    ("ages", "span", "columns"),
    [
        ([0], "day", 1),
        ([3, 0], "day", 4),
        ([40, 0], "week", 7),
        ([400, 0], "month", 14),
    ],
)
def test_the_picture_takes_the_span_that_fits(
    person: User, conversation: Conversation, ages: list[int], span: str, columns: int
) -> None:
    now = timezone.make_aware(datetime(2026, 11, 22, 12))
    for age in ages:
        atom = remember(conversation, f"Fact {age}.")
        Atom.objects.filter(pk=atom.pk).update(created_at=now - timedelta(days=age))
    drawn = timeline(person, now)
    assert drawn is not None
    assert drawn.span == span
    assert abs(len(drawn.ticks) - columns) <= 1
    (lane,) = drawn.lanes
    assert (lane.total, sum(lane.counts)) == (len(ages), len(ages))
    assert all(0 < dot.x < drawn.width for dot in lane.dots)


def test_there_is_no_picture_of_nothing(person: User) -> None:
    assert timeline(person, timezone.now()) is None
