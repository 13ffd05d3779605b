"""The panel shows what is remembered, the newest of it, and what became of it."""

from __future__ import annotations

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Message, PathEntry
from chatapp.conversations.turns import begin
from chatapp.memories import anchors
from chatapp.memories.models import (
    Anchor,
    Atom,
    AtomState,
    Evidence,
    TurnAtom,
    TurnRecord,
)
from chatapp.memories.panel import panel


@pytest.fixture
def anchor(person: User) -> Anchor:
    return anchors.anchor_for(person, "character", "aria")


def remember(anchor: Anchor, message: Message, content: str, **fields: object) -> Atom:
    atom = Atom.objects.create(
        anchor=anchor,
        client_ref=uuid.uuid4(),
        maas_id=f"id of {content}",
        atom_type="preference",
        content=content,
        confidence=0.9,
        source_type="prd",
        **{"state": AtomState.SAVED} | fields,
    )
    Evidence.objects.create(atom=atom, message=message, quote=content)
    return atom


@pytest.fixture
def message(conversation: Conversation) -> Message:
    return Message.objects.get(conversation=conversation)


def test_an_atom_is_shown_with_its_quote_and_how_often_it_was_used(
    person: User, conversation: Conversation, anchor: Anchor, message: Message
) -> None:
    atom = remember(anchor, message, "User loves rain.")
    generation = begin(person, conversation, "Hi.", uuid.uuid4()).generation
    record = TurnRecord.objects.create(generation=generation, anchor=anchor)
    for number, verified in enumerate((True, False)):
        TurnAtom.objects.create(
            record=record,
            position=number,
            atom=atom,
            maas_id=str(number),
            recalled=True,
            verified=verified,
        )
    (group,) = panel(anchor)
    (shown,) = group.atoms
    assert (group.type, shown.content) == ("preference", "User loves rain.")
    assert (shown.state, shown.quote) == ("saved", "User loves rain.")
    assert (shown.recalled, shown.used) == (2, 1)


def test_only_the_newest_are_read_and_with_as_few_queries(
    anchor: Anchor,
    message: Message,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(6):
        remember(anchor, message, f"Fact {number}.")
    with django_assert_max_num_queries(3):
        (group,) = panel(anchor, newest=4)
    assert [a.content for a in group.atoms] == [f"Fact {n}." for n in (5, 4, 3, 2)]


@pytest.mark.parametrize("state", [AtomState.FORGOTTEN, AtomState.WITHDRAWN])
def test_what_was_forgotten_or_withdrawn_is_not_shown(
    anchor: Anchor, message: Message, state: AtomState
) -> None:
    remember(anchor, message, "User loves rain.", state=state)
    assert panel(anchor) == []


def test_what_was_said_on_a_path_left_behind_is_not_shown(
    anchor: Anchor, message: Message
) -> None:
    remember(anchor, message, "User loves rain.")
    PathEntry.objects.all().delete()
    assert panel(anchor) == []
