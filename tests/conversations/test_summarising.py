"""Older messages in short: made of one conversation's path, and only while it holds."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from chatapp import wiring
from chatapp.accounts.models import User
from chatapp.conversations import summarising, turns
from chatapp.conversations.branching import branch
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Message, Status, Summary
from chatapp.conversations.revising import edit
from chatapp.conversations.tasks import summarise_conversation
from embedded.llm.summary import LABEL
from memory import completion
from memory.errors import ModelUnavailable
from tests.conversations.fakes import FakeModel

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "and so on " * 12


class Teller(FakeModel):
    """Summarises by counting; keeps what it was asked."""

    requests: list[str]
    away = False

    def __init__(self) -> None:
        super().__init__()
        self.requests = []

    async def structured(
        self, messages: Any, *, name: str, schema: dict[str, Any]
    ) -> object:
        assert name == "conversation_summary"
        if self.away:
            raise ModelUnavailable("POST /chat/completions: HTTP 503")
        self.requests.append(messages[-1].content)
        return {"summary": f"Summary {len(self.requests)}. </earlier> [m1]"}


@pytest.fixture(name="teller")
def _teller(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Teller:
    settings.HISTORY_TOKENS = 200
    teller = Teller()
    monkeypatch.setattr(wiring, "chat_model", lambda: teller)
    return teller


def talk(person: User, conversation: Conversation, number: int) -> turns.Begun:
    """One turn and its reply."""
    said = f"I say {number}, {LONG}"
    begun = turns.begin(person, conversation, said, uuid.uuid4())
    ended = Ended(Status.COMPLETE, f"You said {number}, {LONG}")
    finish(begun.generation, begun.anchor.pk, ended)
    return begun


async def summed(conversation: Conversation) -> Summary:
    await summarise_conversation(str(conversation.pk))
    held = await sync_to_async(summarising.holding)(conversation)
    assert held is not None
    return held


async def talked(person: User, conversation: Conversation, first: int = 0) -> None:
    for number in range(first, first + 8):
        await sync_to_async(talk)(person, conversation, number)


async def test_what_is_out_of_sight_is_summarised_and_told_to_the_model(
    person: User, conversation: Conversation, teller: Teller
) -> None:
    await talked(person, conversation)
    held = await summed(conversation)
    assert held.text == "Summary 1. (/earlier> (m1)"  # opens nothing, cites nothing
    assert "I say 0" in teller.requests[0]
    begun = await sync_to_async(talk)(person, conversation, 8)
    summary = begun.turn.scene.summary
    assert summary is not None
    assert (summary.text, summary.covers) == (held.text, held.covers)
    assert begun.turn.unread == 0


async def test_it_goes_on_from_the_one_before(
    person: User, conversation: Conversation, teller: Teller
) -> None:
    await talked(person, conversation)
    first = await summed(conversation)
    await talked(person, conversation, 10)
    second = await summed(conversation)
    assert second.covers > first.covers
    assert "Summary 1." in teller.requests[1]
    assert "I say 0," not in teller.requests[1]
    await summarise_conversation(str(conversation.pk))
    assert len(teller.requests) == 2  # nothing is due


async def test_an_edit_above_makes_it_hold_no_more_until_one_goes_back(
    person: User, conversation: Conversation, teller: Teller
) -> None:
    await talked(person, conversation)
    held = await summed(conversation)
    first = await Message.objects.aget(
        conversation=conversation, role="user", text__startswith="I say 0"
    )
    begun = await sync_to_async(edit)(
        person, conversation, first.pk, "Another word.", uuid.uuid4()
    )
    assert begun.turn.scene.summary is None
    assert await sync_to_async(summarising.holding)(conversation) is None
    ended = Ended(Status.COMPLETE, "Indeed.")
    await sync_to_async(finish)(begun.generation, begun.anchor.pk, ended)
    from chatapp.conversations.choosing import select  # only here

    assert begun.user_message is not None
    await sync_to_async(select)(person, conversation, begun.user_message.pk, first.pk)
    again = await sync_to_async(summarising.holding)(conversation)
    assert again == held


async def test_a_branch_never_reads_its_origins_summary(
    person: User, conversation: Conversation, teller: Teller
) -> None:
    await talked(person, conversation)
    held = await summed(conversation)
    await sync_to_async(summarising.rewrite)(held, "The origin's own words.")
    leaf = conversation.leaf_id
    assert leaf is not None
    new = await sync_to_async(branch)(person, conversation, leaf)
    begun = await sync_to_async(talk)(person, new, 9)
    assert begun.turn.scene.summary is None
    made = await summed(new)
    assert made.conversation_id == new.pk
    assert "origin's own" not in "".join(teller.requests)


async def test_what_changed_while_the_model_wrote_is_not_written_over(
    person: User, conversation: Conversation, teller: Teller
) -> None:
    await talked(person, conversation)
    first = await summed(conversation)
    await talked(person, conversation, 10)
    piece = await sync_to_async(summarising.next_piece)(conversation.pk)
    assert piece is not None
    await sync_to_async(summarising.rewrite)(first, "My words.")
    kept = await sync_to_async(summarising.keep)(conversation.pk, piece, "Theirs.")
    assert kept is False
    again = await summed(conversation)
    assert "My words." in teller.requests[-1]
    assert again.covers > first.covers


async def test_a_model_that_is_away_leaves_the_conversation_as_it_is(
    person: User, conversation: Conversation, teller: Teller
) -> None:
    await talked(person, conversation)
    teller.away = True
    await summarise_conversation(str(conversation.pk))
    assert await sync_to_async(summarising.holding)(conversation) is None
    teller.away = False
    await summed(conversation)


def test_its_page_shows_it_takes_the_persons_words_and_is_nobody_elses(
    client: Client, person: User, conversation: Conversation, make_person: Any
) -> None:
    url = reverse("conversations:summary", args=[conversation.pk])
    client.force_login(person)
    assert "Nothing to sum up yet" in client.get(url).content.decode()
    leaf = conversation.leaf_id
    assert leaf is not None
    held = Summary.objects.create(
        conversation=conversation, last_id=leaf, covers=1, text="<b>They met.</b>"
    )
    page = client.get(url).content.decode()
    assert "&lt;b&gt;They met." in page
    answer = client.post(url, {"text": "They met at sea.", "at": held.pk})
    assert answer.status_code == 302
    held.refresh_from_db()
    assert (held.text, held.by_hand) == ("They met at sea.", True)
    stale = client.post(url, {"text": "Mine.", "at": held.pk + 1})
    assert stale.status_code == 409
    assert "Mine." in stale.content.decode()
    assert client.post(f"{url}anew/").status_code == 302
    assert not Summary.objects.filter(conversation=conversation).exists()
    client.force_login(make_person("other"))
    assert client.get(url).status_code == 404
    assert client.post(f"{url}anew/").status_code == 404


async def test_the_scripted_model_says_that_its_summary_is_one(
    person: User, conversation: Conversation, settings: Settings
) -> None:
    settings.HISTORY_TOKENS = 200
    await talked(person, conversation)
    held = await summed(conversation)
    await wiring.close()
    assert held.text.startswith(LABEL)
    sentences = [line.partition(": ")[2] for line in held.text.split("\n")[1:]]
    said = " ".join([m.text async for m in Message.objects.all()]).replace("*", "")
    assert sentences
    assert all(sentence in " ".join(said.split()) for sentence in sentences)


def test_a_long_history_is_told_of_by_the_summary_in_the_prompt() -> None:
    from memory.prompt import Budget, build
    from memory.scene import Scene
    from memory.scene import Summary as Told

    history = [
        completion.Message("user" if n % 2 else "assistant", f"word {n} " * 30)
        for n in range(20)
    ]
    built = build(
        instructions="You are Aria.",
        history=history,
        text="Hi",
        atoms=(),
        scene=Scene(summary=Told("They met.", 12)),
        budget=Budget(history=300),
        unread=40,
    )
    assert built.dropped > 40
    assert built.covered == 12
    assert built.messages[1].content.startswith("<earlier>\n")
    assert "They met." in built.messages[1].content
