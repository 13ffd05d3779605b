"""The panel shows what is remembered, in pages, searched by the database."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.models import Conversation, Message, PathEntry
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.turns import begin
from chatapp.memories import asking
from chatapp.memories.models import (
    Atom,
    AtomState,
    Evidence,
    OffRecord,
    TurnAtom,
    TurnRecord,
)
from chatapp.memories.panel import FIRST, Look, groups, matching, more
from tests.harness import statistics
from tests.harness.rows import rows_read
from tests.memories.remembering import remember, scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(person: User, conversation: Conversation) -> Look:
    return Look(person, scope_of(conversation))


def day(number: int) -> datetime:
    return datetime(2026, 10, number, 12, tzinfo=UTC)


@pytest.fixture
def owner(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_an_atom_is_shown_with_its_quote_and_how_often_it_was_used(
    person: User, conversation: Conversation, look: Look
) -> None:
    atom = remember(conversation, "User loves rain.", quote="I love rain")
    generation = begin(person, conversation, "Hi.", uuid.uuid4()).generation
    record = TurnRecord.objects.create(generation=generation, anchor_id=atom.anchor_id)
    for number, verified in enumerate((True, False)):
        TurnAtom.objects.create(
            record=record,
            position=number,
            atom=atom,
            maas_id=str(number),
            recalled=True,
            verified=verified,
        )
    (group,) = groups(look)
    (slip,) = group.slips
    assert (group.type, slip.content) == ("preference", "User loves rain.")
    assert (slip.recalled, slip.used, slip.used_at) == (2, 1, record.created_at)
    assert slip.source is not None
    assert (slip.state, slip.source.quote) == ("saved", "I love rain")


def test_a_source_leads_to_its_message_in_the_branch_that_shows_it(
    person: User, conversation: Conversation, look: Look
) -> None:
    atom = remember(conversation, "User loves rain.")
    branch = Conversation.objects.create(
        user=person, character=conversation.character, origin=conversation
    )
    message = atom.evidence.get().message
    PathEntry.objects.create(conversation=branch, message=message, position=0)
    for here, shown in ((conversation.pk, conversation), (branch.pk, branch)):
        (slip,) = groups(look, here)[0].slips
        assert slip.source is not None
        assert slip.source.url.startswith(shown.get_absolute_url())
        assert slip.source.is_here


def test_what_was_true_stands_below_what_is_now_with_both_dates(
    owner: Client, conversation: Conversation
) -> None:
    new = remember(conversation, "User lives in Porto.", valid_from=day(5))
    old = remember(conversation, "User lives in Lisbon.", valid_from=day(2))
    Atom.objects.filter(pk=old.pk).update(superseded_by=new)
    page = owner.get(reverse("conversations:memory", args=[conversation.pk]))
    words = " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split())
    # Their time zone is not known yet, and the page says whose day it is.
    assert "True since 5 Oct 2026 UTC" in words
    was = "Was: User lives in Lisbon. From 2 Oct 2026 until 5 Oct 2026 UTC."
    assert was in words
    forget = reverse("memories:forget", args=[old.pk])
    assert forget in page.content.decode()  # what was can be forgotten, too
    receipt = owner.post(forget).content.decode()
    assert "Kept from every reply since" in receipt


@pytest.mark.parametrize(
    "state", [AtomState.FORGOTTEN, AtomState.WITHDRAWN, AtomState.WAITING]
)
def test_what_was_let_go_or_waits_is_not_listed(
    conversation: Conversation, look: Look, state: AtomState
) -> None:
    remember(conversation, "User loves rain.", state=state)
    assert groups(look) == []


def test_what_was_said_on_a_path_left_behind_is_not_listed_but_by_hand_it_is(
    conversation: Conversation, look: Look
) -> None:
    remember(conversation, "User loves rain.")
    remember(conversation, "User loves snow.", by_hand=True)
    PathEntry.objects.all().delete()
    assert [atom.content for atom in matching(look)] == ["User loves snow."]


def test_another_persons_scope_is_empty(
    make_person: Callable[[str], User], conversation: Conversation
) -> None:
    remember(conversation, "User loves rain.")
    eve = make_person("eve")
    assert groups(Look(eve)) == []
    assert groups(Look(eve, scope_of(conversation))) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("RAIN", ["User loves rain."]),
        ("umbrella user", ["User loves rain."]),
        ("%", []),
    ],
)
def test_the_search_is_in_statements_and_quotes(
    person: User, conversation: Conversation, query: str, found: list[str]
) -> None:
    remember(conversation, "User loves rain.", quote="I need no umbrella")
    remember(conversation, "User loves snow.")
    look = Look(person, scope_of(conversation), query=query)
    assert [atom.content for atom in matching(look)] == found


def fill(conversation: Conversation, count: int, *, begin: int = 0) -> None:
    """So many atoms more, of two types by turns."""
    message = Message.objects.filter(conversation=conversation)[0]
    anchor = scope_of(conversation)
    atoms = Atom.objects.bulk_create(
        Atom(
            anchor=anchor,
            client_ref=uuid.uuid4(),
            maas_id=f"m{number}",
            atom_type=("preference", "promise")[number % 2],
            content=f"Fact {number}.",
            confidence=0.9,
            source_type="prd",
            state=AtomState.SAVED,
        )
        for number in range(begin, begin + count)
    )
    Evidence.objects.bulk_create(
        Evidence(atom=atom, message=message, quote=atom.content) for atom in atoms
    )
    statistics.gather()


def test_thousands_of_atoms_cost_a_page_no_more_than_some_hundred(
    conversation: Conversation, owner: Client
) -> None:
    panel = reverse("conversations:memory", args=[conversation.pk])
    mine = reverse("memories:mine")
    spent: dict[str, list[tuple[int, int]]] = {}
    for count in (300, 2_700):
        fill(conversation, count, begin=count)
        for address in (panel, conversation.get_absolute_url(), f"{mine}?part=list"):
            owner.get(address)
            with rows_read() as read:
                page = owner.get(address)
            spent.setdefault(address, []).append((read.statements, read.rows))
            assert len(page.content) < 150_000
    for (statements, few), (same, many) in spent.values():
        assert same == statements
        assert many <= few + 20, spent


def test_what_is_listed_goes_on_behind_the_last_one(
    conversation: Conversation, look: Look, owner: Client
) -> None:
    fill(conversation, 300)
    preference, promise = groups(look)
    assert (preference.told, promise.told) == ("100+", "100+")
    seen = [slip.content for slip in preference.slips]
    assert len(seen) == FIRST
    place, pages = preference.more_from, 0
    while place:
        rest = more(look, "preference", place)
        seen += [slip.content for slip in rest.slips]
        place, pages = rest.more_from, pages + 1
    assert (len(seen), len(set(seen)), pages) == (150, 150, 4)
    address = reverse("conversations:memory", args=[conversation.pk])
    page = owner.get(address).content.decode()
    assert page.count("Show more") == 2
    for nowhere in ("", "0", "1_x_y", "1_2026-11-23T00:00:00_nobody"):
        assert more(look, "preference", nowhere).slips == []


def test_pinned_ones_come_first_and_a_search_counts_all_that_it_finds(
    person: User, conversation: Conversation, look: Look
) -> None:
    fill(conversation, 250)
    Atom.objects.filter(content="Fact 0.").update(pinned=True)
    (preference, _) = groups(look)
    assert preference.slips[0].content == "Fact 0."
    found = groups(Look(person, scope_of(conversation), query="Fact"))[0]
    assert found.count == 125
    rest = more(Look(person, query="Fact"), "preference", found.more_from)
    assert not {s.content for s in rest.slips} & {s.content for s in found.slips}


def test_a_person_s_scopes_are_listed_together_newest_first(
    person: User, conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    other = Character.objects.create(slug="vane", name="Vane", greeting="Ahoy.")
    there = open_conversation(person, other, "character")
    for number in range(FIRST):
        remember(conversation, f"Here {number}.")
        remember(there, f"There {number}.")
    (group,) = groups(Look(person))
    assert group.count == 2 * FIRST
    newest = [slip.content for slip in group.slips]
    assert newest[:2] == [f"There {FIRST - 1}.", f"Here {FIRST - 1}."]
    rest = more(Look(person), "preference", group.more_from)
    assert [slip.content for slip in rest.slips][-1] == "Here 0."
    assert groups(Look(make_person("eve"))) == []


def test_the_panel_asks_once_per_kind_and_the_answer_can_be_changed(
    person: User, conversation: Conversation, owner: Client
) -> None:
    for content in ("User has asthma.", "User has migraines."):
        remember(
            conversation,
            content,
            state=AtomState.WAITING,
            sensitive="health",
            waits_for="health",
        )
    address = reverse("conversations:memory", args=[conversation.pk])
    page = owner.get(address).content.decode()
    assert page.count("May your health be remembered?") == 1
    assert "User has asthma." in page
    owner.post(reverse("memories:answer", args=["health"]), {"allowed": "no"})
    assert "be remembered?" not in owner.get(address).content.decode()
    owner.post(reverse("memories:answer", args=["health"]), {"allowed": "yes"})
    (health,) = (kind for kind in asking.kinds_of(person) if kind.name == "health")
    assert health.allowed is True
    unknown = reverse("memories:answer", args=["shoes"])
    assert owner.post(unknown, {"allowed": "yes"}).status_code == 404


def test_off_the_record_is_said_on_the_page_and_a_branch_inherits_it(
    conversation: Conversation, owner: Client
) -> None:
    switch = reverse("conversations:keep_off_record", args=[conversation.pk])
    page = reverse("conversations:open", args=[conversation.pk])
    assert b"Off the record" not in owner.get(page).content
    assert b"Off the record" in owner.post(switch, {"on": "yes"}).content
    assert b"Off the record" in owner.get(page).content
    message = conversation.message_set.get()
    branching = f"{page}m/{message.pk}/branch/"
    owner.post(branching)
    branch = Conversation.objects.get(origin=conversation)
    assert OffRecord.objects.filter(conversation=branch, ended_at=None).exists()
    assert b"Off the record" not in owner.post(switch, {"on": "no"}).content
    assert OffRecord.objects.get(conversation=conversation).ended_at is not None


def test_anothers_conversation_can_not_be_switched(
    client: Client, make_person: Callable[[str], User], conversation: Conversation
) -> None:
    client.force_login(make_person("eve"))
    for name in ("keep_off_record", "memory"):
        address = reverse(f"conversations:{name}", args=[conversation.pk])
        answer = client.get(address) if name == "memory" else client.post(address)
        assert answer.status_code == 404
    assert not OffRecord.objects.exists()
