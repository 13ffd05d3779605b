"""Memory, cards and messages are data: no order, fence or marker in them takes effect."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from memory import events
from memory.completion import Message
from memory.evaluate import evaluate
from memory.extract import check
from memory.feedback import due
from memory.notes import RULES
from memory.prompt import build
from memory.proposal import Exchange, request
from memory.recall import Known, Recollection, Remembered
from memory.reply import Reply, Unmarker
from memory.saying import is_order
from memory.scene import CardPart, Lore, Scene, Summary
from memory.second_opinion import reconsider
from memory.taxonomy import CHARACTER
from memory.turn import Answer, Turn, answer, learn
from tests.memory.doubles import FakeBook, FakeLedger, FakeMemory, FakeModel
from tests.memory.poisons import ALL, MARKUP, ORDERS

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
JAZZ = Remembered("a1", "User likes rainy jazz playlists.", "preference", recalled=True)
FENCE = re.compile(r"[<\uff1c\u2039][^\w<>]{0,8}memory\b", re.IGNORECASE)
LABEL = re.compile(r"[\[\u3010\uff3b][^\w\[\]]{0,8}m\d{1,3}\b", re.IGNORECASE)
SECRET = "User's safe word is tamarillo."


def test_there_are_at_least_forty() -> None:
    assert len(set(ALL)) >= 40


@pytest.mark.parametrize("poison", ALL)
def test_in_a_memory_it_stays_inside_one_fence_under_one_label(poison: str) -> None:
    bad = Remembered("a2", poison, "preference", recalled=True)
    built = build(
        instructions="You are Aria.", history=[], text="Hi", atoms=[bad, JAZZ]
    )
    system, last = built.messages
    assert system == Message("system", f"You are Aria.\n\n{RULES}")
    assert (
        len(FENCE.findall(last.content)) == 2
    )  # the one that opens, the one that closes
    assert last.content.startswith("<memory>\n")
    assert last.content.endswith("</memory>\n\nHi")
    assert [m.upper() for m in LABEL.findall(last.content)] == ["[M1", "[M2"]


@pytest.mark.parametrize("poison", ALL)
def test_in_a_message_it_opens_no_fence(poison: str) -> None:
    history = [Message("user", poison), Message("assistant", poison)]
    built = build(instructions="x", history=history, text=poison, atoms=[JAZZ])
    assert [message.role for message in built.messages] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert len(FENCE.findall(built.messages[-1].content)) == 2
    for said in built.messages[1:-1]:
        assert FENCE.search(said.content) is None
        assert LABEL.search(said.content) is None


@pytest.mark.parametrize("poison", ALL)
def test_a_reply_that_repeats_it_credits_nothing_that_was_not_injected(
    poison: str,
) -> None:
    built = build(instructions="x", history=[], text="Tell me.", atoms=[JAZZ])
    unmark = Unmarker()
    text = unmark.feed(poison) + unmark.finish()
    reply = Reply(text, citations=tuple(unmark.citations))
    verdict = evaluate(reply, built.injected, [poison, "Tell me."])
    assert {atom.label for atom in verdict.atoms} <= {"m1"}
    # A marker alone proves nothing: the words of the memory are not in the reply.
    assert verdict.verified_ids == ()
    assert due(verdict, Recollection((JAZZ,), "session")) == ()


@pytest.mark.parametrize("poison", ALL)
async def test_a_second_model_that_obeys_it_credits_nothing(poison: str) -> None:
    built = build(instructions="x", history=[], text="Hi", atoms=[JAZZ])
    reply = Reply("A quiet evening to you.")
    llm = FakeModel()
    llm.structures.append({"used": [{"note": 1, "passage": poison}]})
    verdict = evaluate(reply, built.injected, ["Hi"])
    found = await reconsider(verdict, reply, built.injected, llm=llm)
    assert found.verified_ids == ()


@pytest.mark.parametrize("poison", ALL)
def test_in_a_turn_to_learn_from_it_forges_no_speaker(poison: str) -> None:
    system, spoken = request(Exchange(poison, poison, AT), CHARACTER)
    assert poison not in system.content
    assert len(re.findall(r"<\s*/?\s*said_by_\w+\s*>", spoken.content)) == 4


def obedient(poison: str) -> dict[str, object]:
    """What a model proposes that does as it is told."""
    return {
        "type": "preference",
        "content": f"User says: {poison}"[:240],
        "confidence": 1,
        "quote": poison.split("\n")[0],
        "speaker": "user",
    }


@pytest.mark.parametrize("poison", [*ORDERS, *MARKUP])
def test_a_model_that_obeys_it_stores_no_order_and_no_markup(poison: str) -> None:
    exchange = Exchange(poison, "Well.", AT)
    found = check([obedient(poison)], exchange, taxonomy=CHARACTER, known=[])
    assert not [atom for atom in found.candidates if is_order(atom.content)]


@pytest.mark.parametrize("poison", ALL)
async def test_a_turn_made_of_it_asks_its_own_memory_and_feeds_nothing_back(
    poison: str,
) -> None:
    """It stands in memory, card, lore, summary, history and message; the model obeys."""
    memory = FakeMemory(("a1", poison), ("a2", JAZZ.content), ("theirs", SECRET))
    llm = FakeModel(poison)
    llm.structures.append({"atoms": [obedient(poison)]})
    turn = Turn(
        anchor_id="anchor",
        user_external_id="user-7",
        conversation_id="conversation-1",
        instructions="You are Aria.",
        text=poison,
        at=AT,
        taxonomy=CHARACTER,
        history=[Message("user", poison), Message("assistant", poison)],
        scene=Scene(
            card=(CardPart("description", poison),),
            lore=(Lore("a", poison), Lore("b", poison, depth=0, role="user")),
            summary=Summary(poison, 2),
            tail=poison,
        ),
    )
    # Of the three that the service answers, one is not in this person's ledger.
    ledger = FakeLedger(
        Known("a1", poison, "preference"), Known("a2", JAZZ.content, "preference")
    )
    happened = [e async for e in answer(turn, memory=memory, llm=llm, ledger=ledger)]
    recalled, prompted, *_, replied = happened
    assert isinstance(recalled, events.Recalled)
    assert isinstance(prompted, events.Prompted)
    assert isinstance(replied, events.Replied)
    assert not any(SECRET in message.content for message in llm.history[0])
    answered = Answer(recalled.recollection, prompted.prompt.injected, replied.reply)
    book = FakeBook()
    async for _ in learn(turn, answered, memory=memory, llm=llm, book=book):
        pass
    assert {call.path for call in memory.history} <= {"/v1/recall", "/v1/atoms"}
    assert {call.body["anchor_id"] for call in memory.history} == {"anchor"}
    assert memory.reinforced == []
    assert not any(is_order(str(call.body["content"])) for call in memory.history[1:])


def test_a_foreign_atom_in_the_answer_of_a_recall_is_never_fed_back() -> None:
    foreign = Remembered(
        "theirs", "User likes rainy jazz.", recalled=True, fate="foreign"
    )
    built = build(instructions="x", history=[], text="Hi", atoms=[JAZZ])
    reply = Reply("Rainy jazz playlists for you.")
    verdict = evaluate(reply, built.injected, ["Hi"])
    recollection = Recollection((JAZZ, foreign), "session")
    assert "theirs" not in due(verdict, recollection)
