"""Which recalled atoms may be used: saved, ours, and still said on a shown path."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.conversations import context
from chatapp.conversations.models import Conversation
from chatapp.memories.ledger import (
    LEAST_RECALLED,
    MOST_PINNED,
    CarriedAsked,
    SiteLedger,
)
from chatapp.memories.models import Anchor, Atom, AtomState, Evidence

pytestmark = pytest.mark.django_db(transaction=True)
Remember = Callable[..., Atom]


@pytest.fixture
def anchor(person: User, conversation: Conversation) -> Anchor:
    return context.anchor_of(conversation)


@pytest.fixture
def remember(anchor: Anchor, conversation: Conversation) -> Remember:
    def atom(content: str, atom_type: str = "preference", **fields: object) -> Atom:
        row = Atom.objects.create(
            **{
                "anchor": anchor,
                "client_ref": uuid.uuid4(),
                "maas_id": f"atom of {content}",
                "atom_type": atom_type,
                "content": content,
                "confidence": 0.9,
                "source_type": "prd",
                "state": AtomState.SAVED,
            }
            | fields
        )
        message = conversation.message_set.get()
        Evidence.objects.create(atom=row, message=message, quote=content)
        return row

    return atom


async def states(anchor: Anchor, *atoms: Atom) -> list[str]:
    known = await SiteLedger(anchor.pk, ()).known([atom.maas_id for atom in atoms])
    return [known[a.maas_id].state if a.maas_id in known else "-" for a in atoms]


async def test_a_saved_atom_is_live(anchor: Anchor, remember: Remember) -> None:
    atom = await sync_to_async(remember)("User loves rain.")
    assert await states(anchor, atom) == ["live"]


async def test_an_atom_of_another_anchor_is_unknown(
    anchor: Anchor,
    remember: Remember,
    person: User,
) -> None:
    other = await Anchor.objects.acreate(user=person, lane="character", key="boris")
    atom = await sync_to_async(remember)("User loves rain.", anchor=other)
    assert await states(anchor, atom) == ["-"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (AtomState.FORGOTTEN, "forgotten"),
        (AtomState.WITHDRAWN, "withdrawn"),
        (AtomState.PENDING, "withdrawn"),
        (AtomState.FAILED, "withdrawn"),
    ],
)
async def test_only_what_is_saved_and_not_taken_back_is_used(
    anchor: Anchor, remember: Remember, state: AtomState, expected: str
) -> None:
    atom = await sync_to_async(remember)("User loves rain.", state=state)
    assert await states(anchor, atom) == [expected]


async def test_an_atom_whose_message_was_left_behind_is_withdrawn(
    anchor: Anchor, remember: Remember, conversation: Conversation
) -> None:
    atom = await sync_to_async(remember)("User loves rain.")
    entry = await conversation.pathentry_set.aget()
    await entry.adelete()
    assert await states(anchor, atom) == ["withdrawn"]
    await entry.asave(force_insert=True)
    assert await states(anchor, atom) == ["live"]


async def test_an_atom_whose_message_was_deleted_is_withdrawn(
    anchor: Anchor, remember: Remember, conversation: Conversation
) -> None:
    atom = await sync_to_async(remember)("User loves rain.")
    await conversation.message_set.all().adelete()
    assert await states(anchor, atom) == ["withdrawn"]


def test_boundaries_are_carried_first_then_pins(
    anchor: Anchor, remember: Remember
) -> None:
    remember("User loves rain.", pinned=True)
    remember("User does not want to talk about father.", "boundary")
    remember("User likes tea.")
    assert [known.content for known in CarriedAsked(anchor.pk).all()] == [
        "User does not want to talk about father.",
        "User loves rain.",
    ]


def test_carried_atoms_leave_room_for_what_is_recalled(
    anchor: Anchor, remember: Remember, settings: Settings
) -> None:
    for number in range(settings.MEMORY_ATOMS + 2):
        remember(f"User does not want to talk about topic {number}.", "boundary")
    remember("User loves rain.", pinned=True)
    carried = CarriedAsked(anchor.pk).all()
    assert len(carried) == settings.MEMORY_ATOMS - LEAST_RECALLED
    assert {known.atom_type for known in carried} == {"boundary"}


def test_no_more_pins_than_the_prompt_can_bear(
    anchor: Anchor, remember: Remember
) -> None:
    for number in range(MOST_PINNED + 3):
        remember(f"User likes tea {number}.", pinned=True)
    assert len(CarriedAsked(anchor.pk).all()) == MOST_PINNED
