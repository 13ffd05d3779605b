"""A correction takes the old atom's place; pins are as many as a reply carries."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from chatapp.conversations import tasks
from chatapp.conversations.models import Conversation, PathEntry
from chatapp.memories import correcting, forgetting
from chatapp.memories.ledger import MOST_PINNED, CarriedAsked, SiteLedger
from chatapp.memories.models import Anchor, Atom, AtomState
from memory.errors import MemoryRejected
from tests.conversations.fakes import FakeMemory
from tests.memories.remembering import in_panel, remember

pytestmark = pytest.mark.django_db(transaction=True)


def corrected(conversation: Conversation, *, pinned: bool = False) -> tuple[Atom, Atom]:
    """An atom of which the person said something else."""
    old = remember(conversation, "User lives in Seoul.", pinned=pinned)
    new = correcting.correct(old.pk, "User lives in Busan.")
    old.refresh_from_db()
    return old, new


async def test_the_new_atom_is_stored_and_the_old_one_masked_at_once(
    conversation: Conversation, memory: FakeMemory
) -> None:
    old, new = await sync_to_async(corrected)(conversation, pinned=True)
    assert (old.state, old.superseded_by_id) == (AtomState.WITHDRAWN, new.pk)
    assert (new.state, new.pinned, new.confidence) == (AtomState.PENDING, True, 1.0)
    await Anchor.objects.filter(pk=new.anchor_id).aupdate(maas_id="anchor-1")
    await tasks.renew_anchor(str(new.anchor_id), "")
    await new.arefresh_from_db()
    assert new.state == AtomState.SAVED
    assert memory.atoms[new.maas_id]["content"] == "User lives in Busan."
    known = await SiteLedger(new.anchor_id, ()).known([old.maas_id, new.maas_id])
    assert [known[i].state for i in (old.maas_id, new.maas_id)] == [
        "withdrawn",
        "live",
    ]
    await tasks.renew_anchor(str(new.anchor_id), "")
    assert len(memory.atoms) == 1


async def test_a_correction_that_the_service_refuses_says_so(
    conversation: Conversation, memory: FakeMemory
) -> None:
    _, new = await sync_to_async(corrected)(conversation)
    await Anchor.objects.filter(pk=new.anchor_id).aupdate(maas_id="anchor-1")
    memory.fail("store_atom", MemoryRejected("no", status=422))
    await tasks.renew_anchor(str(new.anchor_id), "")
    await new.arefresh_from_db()
    assert new.state == AtomState.FAILED
    assert new.problem


def test_it_stands_without_a_message(conversation: Conversation) -> None:
    _, new = corrected(conversation, pinned=True)
    Atom.objects.filter(pk=new.pk).update(state=AtomState.SAVED, maas_id="n")
    PathEntry.objects.all().delete()
    assert [k.content for k in CarriedAsked(new.anchor_id).all()] == [new.content]


def test_undone_the_old_one_counts_again(conversation: Conversation) -> None:
    old, new = corrected(conversation)
    assert correcting.undo_correction(new.pk) == old
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.superseded_by) == (AtomState.SAVED, None)
    assert new.state == AtomState.FORGOTTEN


def test_what_the_old_one_was_true_instead_of_stays_past(
    conversation: Conversation,
) -> None:
    past = remember(conversation, "User lives in Jeju.")
    old = remember(conversation, "User lives in Seoul.")
    Atom.objects.filter(pk=past.pk).update(superseded_by=old)
    new = correcting.correct(old.pk, "User lives in Busan.")
    past.refresh_from_db()
    assert past.superseded_by_id == new.pk
    (slip,) = in_panel(past.anchor)[0].slips
    # What was corrected was never true: it is no part of the past.
    assert [before.content for before in slip.before] == ["User lives in Jeju."]
    correcting.undo_correction(new.pk)
    past.refresh_from_db()
    assert past.superseded_by_id == old.pk


def test_the_same_words_change_nothing(conversation: Conversation) -> None:
    atom = remember(conversation, "User lives in Seoul.")
    assert correcting.correct(atom.pk, "User lives in  Seoul.\n") == atom
    assert Atom.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 241])
def test_a_correction_needs_a_sentence(conversation: Conversation, text: str) -> None:
    atom = remember(conversation, "User lives in Seoul.")
    with pytest.raises(correcting.NoText):
        correcting.correct(atom.pk, text)


def test_what_was_forgotten_can_not_be_corrected_or_pinned(
    conversation: Conversation,
) -> None:
    atom = remember(conversation, "User lives in Seoul.")
    forgetting.forget(atom.pk)
    with pytest.raises(correcting.NotHere):
        correcting.correct(atom.pk, "User lives in Busan.")
    with pytest.raises(correcting.NotHere):
        correcting.pin(atom.pk)


def test_no_more_pins_than_a_reply_carries(conversation: Conversation) -> None:
    atoms = [remember(conversation, f"Fact {n}.") for n in range(MOST_PINNED + 1)]
    for atom in atoms[:-1]:
        correcting.pin(atom.pk)
        correcting.pin(atom.pk)
    with pytest.raises(correcting.TooManyPins):
        correcting.pin(atoms[-1].pk)
    correcting.unpin(atoms[0].pk)
    correcting.pin(atoms[-1].pk)
    assert Atom.objects.filter(pinned=True).count() == MOST_PINNED
