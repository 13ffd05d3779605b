"""What a deleted account had at the memory service is deleted there, once it can be."""

from __future__ import annotations

import uuid

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from chatapp.conversations.models import Conversation
from chatapp.memories import orphans
from chatapp.memories.keeping import confirm
from chatapp.memories.models import Orphan
from chatapp.memories.withdrawing import erase
from memory.errors import BadMemoryRequest, MemoryUnavailable
from tests.conversations.fakes import FakeMemory
from tests.conversations.tree import say
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _embedded(settings: Settings) -> None:
    settings.EMBEDDED_MAAS = True


async def test_it_is_deleted_at_the_service_and_then_forgotten_here(
    memory: FakeMemory,
) -> None:
    await sync_to_async(orphans.keep)(["a-1", "a-2", "a-1"])
    memory.atoms = {"a-1": {}, "a-2": {}, "b-1": {}}
    memory.fail("delete_atom", MemoryUnavailable("away"))
    with pytest.raises(MemoryUnavailable):
        await erase(memory, can_delete=True)  # type: ignore[arg-type]  # a fake
    assert await Orphan.objects.acount() == 2
    assert await erase(memory, can_delete=True) == 2  # type: ignore[arg-type]  # a fake
    assert list(memory.atoms) == ["b-1"]
    assert not await Orphan.objects.aexists()


async def test_what_the_service_will_not_delete_is_not_asked_for_ever(
    memory: FakeMemory,
) -> None:
    await sync_to_async(orphans.keep)(["a-1"])
    memory.fail("delete_atom", BadMemoryRequest("no"))
    await erase(memory, can_delete=True)  # type: ignore[arg-type]  # a fake
    assert not await Orphan.objects.aexists()


def test_what_is_confirmed_behind_the_deletion_is_deleted_as_well(
    conversation: Conversation,
) -> None:
    confirm(uuid.uuid4(), "late", "anchor-1")
    assert Orphan.objects.get().maas_id == "late"


def test_an_id_that_the_ledger_holds_is_nobody_s_leftover(
    conversation: Conversation,
) -> None:
    say(conversation, "Rain.")
    atom = remember(conversation, "Rain.")
    confirm(uuid.uuid4(), atom.maas_id, "anchor-1")
    assert not Orphan.objects.exists()


def test_nothing_is_noted_for_a_service_that_can_not_delete(settings: Settings) -> None:
    settings.EMBEDDED_MAAS = False
    orphans.keep(["a-1"])
    assert not Orphan.objects.exists()
