"""Moving to another memory service: resumable, nothing doubled, nothing lost."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command

from chatapp.conversations.models import Conversation
from chatapp.memories import forgetting, resettling
from chatapp.memories.models import Anchor, Atom, AtomState, MovedAtom, Upstream
from memory.errors import BadMemoryRequest, MemoryUnavailable
from tests.conversations.fakes import FakeMemory
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db(transaction=True)
THERE = "https://elsewhere.test acme"


@pytest.fixture
def atoms(conversation: Conversation) -> list[Atom]:
    """Three that are live, and two that are not to come along."""
    live = [remember(conversation, f"Fact {n}.") for n in range(3)]
    remember(conversation, "Waits.", state=AtomState.WAITING, maas_id="")
    remember(conversation, "Gone.", state=AtomState.MASKED)
    Anchor.objects.update(maas_id="anchor-here")
    return live


async def copied(there: FakeMemory, *, repeatable: bool = False) -> list[str]:
    run = resettling.copy(THERE, memory=there, repeatable=repeatable)  # type: ignore[arg-type]  # a fake
    return [outcome async for outcome in run]


async def test_live_atoms_are_stored_there_and_the_ledger_points_there_when_finished(
    atoms: list[Atom],
) -> None:
    there = FakeMemory()
    assert await copied(there) == ["stored"] * 3
    first = atoms[0]
    await first.arefresh_from_db()
    assert first.maas_id == "id of Fact 0."  # nothing changed here so far
    await sync_to_async(resettling.finish)(THERE)
    await first.arefresh_from_db()
    assert there.atoms[first.maas_id]["content"] == "Fact 0."
    anchor = await Anchor.objects.aget()
    assert (anchor.maas_id, first.scope) == ("anchor-1", "anchor-1")
    assert sorted(a["content"] for a in there.atoms.values()) == [
        "Fact 0.",
        "Fact 1.",
        "Fact 2.",
    ]
    masked = await Atom.objects.aget(content="Gone.")
    assert masked.maas_id == ""


async def test_what_is_true_instead_of_what_is_said_there_too(
    atoms: list[Atom],
) -> None:
    old, new, _ = atoms
    await Atom.objects.filter(pk=old.pk).aupdate(superseded_by=new)
    there = FakeMemory()
    await copied(there)
    ids = {atom["content"]: atom_id for atom_id, atom in there.atoms.items()}
    assert there.atoms[ids["Fact 1."]]["supersedes"] == [ids["Fact 0."]]


async def test_a_run_that_was_cut_off_goes_on_with_the_rest(atoms: list[Atom]) -> None:
    there = FakeMemory()
    run = resettling.copy(THERE, memory=there, repeatable=False)  # type: ignore[arg-type]  # a fake
    assert await anext(run) == "stored"
    there.fail("store_atom", MemoryUnavailable("away"))
    with pytest.raises(MemoryUnavailable):
        await anext(run)
    with pytest.raises(resettling.NotOver):
        await sync_to_async(resettling.finish)(THERE)
    assert await copied(there) == ["stored"] * 2
    assert len(there.anchors) == 1
    assert len(there.atoms) == 3
    assert await copied(there) == []


async def test_an_atom_whose_note_was_lost_is_found_and_not_stored_twice(
    atoms: list[Atom],
) -> None:
    there = FakeMemory()
    await copied(there)
    await MovedAtom.objects.filter(atom=atoms[1]).adelete()  # died before the note
    assert await copied(there) == ["found"]
    assert len(there.atoms) == 3


async def test_one_that_is_refused_does_not_hold_up_the_others(
    atoms: list[Atom],
) -> None:
    there = FakeMemory()
    there.fail("store_atom", BadMemoryRequest("too long"))
    assert await copied(there) == ["refused", "stored", "stored"]
    plan = await sync_to_async(resettling.plan)(THERE)
    assert (plan.atoms, plan.copied, plan.left) == (3, 2, 1)


async def test_what_was_forgotten_after_it_was_copied_is_deleted_there_too(
    atoms: list[Atom],
) -> None:
    there = FakeMemory()
    await copied(there)

    @sync_to_async
    def forget_and_finish() -> list[tuple[object, str]]:
        forgetting.forget(atoms[0].pk, undo_s=-10)
        with pytest.raises(resettling.NotOver):
            resettling.finish(THERE)
        forgetting.erase(atoms[0].pk, Upstream.DELETED)
        resettling.finish(THERE)
        return list(forgetting.due(limit=9))

    ((_, maas_id),) = await forget_and_finish()
    assert maas_id in there.atoms


def test_a_dry_run_counts_and_calls_nothing(
    atoms: list[Atom], capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://127.0.0.1:9"
    call_command("maas_move", url, workspace="acme", dry_run=True)
    assert "3 memories in 1 anchors, 0 copied, 3 left" in capsys.readouterr().out
    with pytest.raises(CommandError, match="MAAS_MOVE_API_KEY"):
        call_command("maas_move", url, workspace="acme")
