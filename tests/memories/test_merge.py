"""The same fact again is evidence; a changed one takes the place, and both are kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.conversations.tasks import learn_turn
from chatapp.memories import forgetting
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.models import Anchor, Atom
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.test_tasks import spoken
from tests.memories.remembering import in_panel

pytestmark = pytest.mark.django_db(transaction=True)
LISBON = "I live in Lisbon now."
PORTO = "I moved to Porto."


def proposed(content: str, quote: str, **more: Any) -> list[dict[str, Any]]:
    atom = {
        "type": "relationship_event",
        "content": content,
        "confidence": 0.9,
        "quote": quote,
        "speaker": "user",
    }
    return [atom | more]


@pytest.fixture
def said(person: User, conversation: Conversation, model: FakeModel) -> Any:
    """A function that has a message learnt from, with what the model proposes."""

    async def say(text: str, content: str, **more: Any) -> None:
        model.atoms.append(proposed(content, text, **more))
        begun = await sync_to_async(spoken)(person, conversation, text)
        await learn_turn(str(begun.generation.pk))

    return say


async def states() -> dict[str, str]:
    atoms = [atom async for atom in Atom.objects.order_by("created_at")]
    ledger = SiteLedger(atoms[0].anchor_id, ())
    known = await ledger.known([atom.maas_id for atom in atoms])
    return {atom.content: known[atom.maas_id].state for atom in atoms}


async def test_an_atom_says_who_said_it_where_it_is_true_and_since_when(
    said: Any, memory: FakeMemory
) -> None:
    before = timezone.now()
    await said("I fly to Oslo tomorrow.", "User flies to Oslo.", date="2020-01-01")
    atom = await Atom.objects.aget()
    assert (atom.speaker, atom.about, atom.realm) == ("user", "user", "life")
    assert atom.valid_from is not None
    assert before - timedelta(minutes=1) <= atom.valid_from <= timezone.now()
    assert atom.on_date is None  # nobody named that day
    tomorrow: date = timezone.localdate() + timedelta(days=1)
    await said(
        "The visa comes tomorrow.", "User's visa comes.", date=tomorrow.isoformat()
    )
    assert (await Atom.objects.alatest("created_at")).on_date is not None


async def test_the_same_fact_again_is_evidence(said: Any, memory: FakeMemory) -> None:
    await said(LISBON, "User lives in Lisbon.")
    await said("Yes, I live in Lisbon.", "User lives in Lisbon.")
    atom = await Atom.objects.aget()
    assert await atom.evidence.acount() == 2


async def test_a_changed_fact_supersedes_and_keeps_both_dates(
    said: Any, memory: FakeMemory
) -> None:
    await said(LISBON, "User lives in Lisbon.")
    await said(PORTO, "User moved to Porto.")
    old, new = [atom async for atom in Atom.objects.order_by("created_at")]
    assert old.superseded_by_id == new.pk
    assert old.valid_from is not None
    assert new.valid_from is not None
    assert old.valid_from < new.valid_from
    assert await states() == {
        "User lives in Lisbon.": "withdrawn",
        "User moved to Porto.": "live",
    }
    # The service is told, so that what is true now ranks above what was.
    stored = memory.atoms[new.maas_id]
    assert stored["supersedes"] == [old.maas_id]
    assert "supersedes" not in memory.atoms[old.maas_id]


async def test_the_panel_says_what_was_true_until_when_and_what_is_now(
    said: Any, memory: FakeMemory
) -> None:
    await said(LISBON, "User lives in Lisbon.")
    await said(PORTO, "User moved to Porto.")
    await said("I live in Faro now.", "User lives in Faro.")

    def listed() -> list[tuple[str, list[str]]]:
        anchor = Anchor.objects.get()
        slips = [slip for group in in_panel(anchor) for slip in group.slips]
        for slip in slips:
            dates = [
                slip.since,
                *[d for old in slip.before for d in (old.until, old.since)],
            ]
            assert dates == sorted(dates, reverse=True)
        return [(slip.content, [old.content for old in slip.before]) for slip in slips]

    past = ["User moved to Porto.", "User lives in Lisbon."]
    assert await sync_to_async(listed)() == [("User lives in Faro.", past)]
    # Forgotten, what was true before counts again, and is listed as what it is.
    faro = await Atom.objects.aget(content="User lives in Faro.")
    await sync_to_async(forgetting.forget)(faro.pk)
    assert await sync_to_async(listed)() == [(past[0], past[1:])]


async def test_what_was_true_before_can_be_true_again(
    said: Any, memory: FakeMemory
) -> None:
    await said("I love tea.", "User loves tea.")
    await said("I hate tea these days.", "User hates tea.")
    await said("I love tea again.", "User loves tea.")
    found = [a async for a in Atom.objects.order_by("created_at")]
    assert [atom.superseded_by_id for atom in found] == [found[1].pk, found[2].pk, None]


async def test_when_unsure_both_stay(said: Any, memory: FakeMemory) -> None:
    await said("I love tea.", "User loves tea.")
    await said("I love coffee, too.", "User loves coffee.")
    assert set((await states()).values()) == {"live"}


async def test_the_old_fact_is_back_when_the_new_one_is_left(
    said: Any, memory: FakeMemory, conversation: Conversation
) -> None:
    await said(LISBON, "User lives in Lisbon.")
    await said(PORTO, "User moved to Porto.")

    def leave() -> None:
        shown = conversation.pathentry_set.order_by("-position")
        for entry in list(shown[:2]):
            entry.delete()

    await sync_to_async(leave)()
    assert await states() == {
        "User lives in Lisbon.": "live",
        "User moved to Porto.": "withdrawn",
    }


async def test_realms_do_not_touch(said: Any, memory: FakeMemory) -> None:
    await said(LISBON, "User lives in Lisbon.")
    await said("My knight moved to Porto.", "User moved to Porto.", realm="role")
    assert set((await states()).values()) == {"live"}
