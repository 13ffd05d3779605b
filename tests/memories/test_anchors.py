"""One anchor per pair, upstream too, whoever asks first and however many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.memories import anchors
from chatapp.memories.models import Anchor
from memory.errors import MemoryUnavailable
from tests.conversations.fakes import FakeMemory

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"lane": "u-1:aria"}


@pytest.fixture
def anchor(person: User) -> Anchor:
    return anchors.anchor_for(person, "character", "aria")


async def ensure(anchor: Anchor, memory: FakeMemory) -> str:
    return await anchors.ensure(anchor.pk, name="Pair", told=TOLD, memory=memory)  # type: ignore[arg-type]  # the fake has the calls that are used


async def test_the_scope_is_created_when_it_is_needed_first(
    anchor: Anchor, memory: FakeMemory
) -> None:
    assert await ensure(anchor, memory) == "anchor-1"
    assert await ensure(anchor, memory) == "anchor-1"
    assert len(memory.anchors) == 1


async def test_ten_tabs_at_once_create_one_scope(
    anchor: Anchor, memory: FakeMemory
) -> None:
    found = await asyncio.gather(*(ensure(anchor, memory) for _ in range(10)))
    assert set(found) == {"anchor-1"}
    assert len(memory.anchors) == 1


async def test_a_failed_creation_gives_the_claim_back(
    anchor: Anchor, memory: FakeMemory
) -> None:
    memory.fail("create_anchor", MemoryUnavailable("away"))
    with pytest.raises(MemoryUnavailable):
        await ensure(anchor, memory)
    assert await ensure(anchor, memory) == "anchor-1"


async def test_a_scope_that_may_have_been_created_is_created_again(
    anchor: Anchor, memory: FakeMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = memory.create_anchor

    async def cut_off(name: str, **told: dict[str, str]) -> None:
        await create(name, **told)
        raise MemoryUnavailable("cut off", outcome_unknown=True)

    with monkeypatch.context() as patch:
        patch.setattr(memory, "create_anchor", cut_off)
        with pytest.raises(MemoryUnavailable):
            await ensure(anchor, memory)
    assert await ensure(anchor, memory) == "anchor-2"
    await anchor.arefresh_from_db()
    assert anchor.maas_id == "anchor-2", "the spare one is never used"
    assert len(memory.anchors) == 2


async def test_a_claim_of_a_dead_process_is_taken_over(
    anchor: Anchor, memory: FakeMemory
) -> None:
    old = timezone.now() - 2 * anchors.CLAIM
    await Anchor.objects.filter(pk=anchor.pk).aupdate(claimed_at=old)
    assert await ensure(anchor, memory) == "anchor-1"


def test_a_pair_has_one_row(person: User, anchor: Anchor) -> None:
    assert anchors.anchor_for(person, "character", "aria") == anchor
    assert anchors.anchor_for(person, "character", "boris") != anchor


def test_another_person_has_another_anchor(
    anchor: Anchor, make_person: Callable[[str], User]
) -> None:
    assert anchors.anchor_for(make_person("jun"), "character", "aria") != anchor


async def test_a_lost_scope_is_made_again_once(
    anchor: Anchor, memory: FakeMemory
) -> None:
    await ensure(anchor, memory)
    again = await anchors.renew(
        anchor.pk,
        "anchor-1",
        name="Pair",
        told=TOLD,
        memory=memory,  # type: ignore[arg-type]  # the fake has the calls that are used
    )
    assert again == "anchor-2"


async def test_many_lost_scopes_mean_a_wrong_workspace_and_nothing_is_made(
    anchor: Anchor, memory: FakeMemory, make_person: Callable[[str], User]
) -> None:
    await ensure(anchor, memory)
    jun = await sync_to_async(make_person)("jun")
    other = await sync_to_async(anchors.anchor_for)(jun, "character", "aria")
    just_now = timezone.now() - timedelta(seconds=30)
    await Anchor.objects.filter(pk=other.pk).aupdate(lost_at=just_now)
    with pytest.raises(MemoryUnavailable, match="workspace|WORKSPACE"):
        await anchors.renew(
            anchor.pk,
            "anchor-1",
            name="Pair",
            told=TOLD,
            memory=memory,  # type: ignore[arg-type]  # the fake has the calls that are used
        )
    assert len(memory.anchors) == 1
    # Nor by the next turn, which asks for the anchor first.
    assert await ensure(anchor, memory) == "anchor-1"
    assert len(memory.anchors) == 1


async def test_a_scope_that_is_lost_again_at_once_is_not_made_again_and_again(
    anchor: Anchor, memory: FakeMemory
) -> None:
    await ensure(anchor, memory)
    renew = partial(
        anchors.renew,
        anchor.pk,
        name="Pair",
        told=TOLD,
        memory=memory,  # type: ignore[arg-type]  # the fake has the calls that are used
    )
    assert await renew("anchor-1") == "anchor-2"
    for _ in range(3):
        with pytest.raises(MemoryUnavailable, match="again and again"):
            await renew("anchor-2")
    assert len(memory.anchors) == 2
    long_ago = timezone.now() - anchors.TOGETHER - timedelta(seconds=1)
    await Anchor.objects.filter(pk=anchor.pk).aupdate(lost_at=long_ago)
    assert await renew("anchor-2") == "anchor-3"


def test_the_service_is_told_pseudonyms_only(person: User) -> None:
    told = anchors.metadata("character", person.chat_external_id, "aria")
    assert told["lane"] == f"{person.chat_external_id}:aria"
    assert person.username not in str(told)
    learner = anchors.metadata("tutor", person.tutor_external_id, "learner")
    assert learner["lane"] == person.tutor_external_id
    assert "character_id" not in learner
    assert told["user_external_id"] != learner["user_external_id"]
