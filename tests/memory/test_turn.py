"""One turn: what the person waits for, and what must never be lost."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest

from memory import events
from memory.errors import (
    AnchorageError,
    BadMemoryRequest,
    BillingBlocked,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryUnavailable,
    ModelInterrupted,
    ModelProtocolError,
    ModelRejected,
    ModelUnavailable,
)
from memory.feedback import Feedback
from memory.llm import Message
from memory.recall import Known, Recollection, Remembered
from memory.reply import Citation, Reply
from memory.taxonomy import CHARACTER
from memory.turn import Answer, Turn, answer, learn
from tests.memory.doubles import (
    FakeBook,
    FakeLedger,
    FakeMemory,
    FakeModel,
    Fate,
    Killed,
    injected,
)

JAZZ = ("a1", "User likes rainy jazz playlists.")
CAT = ("a2", "User has a cat called Mochi.")
TURN = Turn(
    anchor_id="anchor",
    user_external_id="user-7",
    conversation_id="conversation-1",
    instructions="You are Aria.",
    text="I moved to Berlin. I am sad. What shall I play?",
    at=datetime(2026, 11, 22, 10, tzinfo=UTC),
    taxonomy=CHARACTER,
    history=[Message("user", "Hi"), Message("assistant", "Hello.")],
)
REPLY = Reply("A rainy jazz playlist.", citations=(Citation("m1", 21),))
ATOMS = [
    {
        "type": "relationship_event",
        "content": "User moved to Berlin.",
        "confidence": 0.9,
        "quote": "I moved to Berlin.",
        "speaker": "user",
    },
    {
        "type": "emotional_state",
        "content": "User is sad.",
        "confidence": 0.8,
        "quote": "I am sad.",
        "speaker": "user",
    },
]
CONTENTS = [str(atom["content"]) for atom in ATOMS]


def answered(reply: Reply = REPLY) -> Answer:
    atoms = injected(JAZZ[1], CAT[1])
    recalled = tuple(item.atom for item in atoms)
    return Answer(Recollection(recalled, "session-1"), atoms, reply)


def model(*structures: object, fate: Fate | None = None) -> FakeModel:
    made = FakeModel(fate=fate)
    made.structures.extend(structures or [{"atoms": ATOMS}])
    return made


async def run(
    *,
    memory: FakeMemory,
    llm: FakeModel,
    book: FakeBook,
    after: Answer | None = None,
    repeatable: bool = False,
    ledger: FakeLedger | None = None,
) -> Sequence[events.Learning]:
    """`learn()` to its end."""
    learning = learn(
        TURN,
        after or answered(),
        memory=memory,
        llm=llm,
        book=book,
        ledger=ledger,
        repeatable=repeatable,
    )
    return [event async for event in learning]


async def test_an_answer_recalls_then_prompts_then_speaks() -> None:
    memory = FakeMemory(JAZZ, CAT)
    llm = FakeModel("A rainy jazz ", "playlist [m", "1].")
    happened = [event async for event in answer(TURN, memory=memory, llm=llm)]
    recalled, prompted, *tokens, replied = happened
    assert isinstance(recalled, events.Recalled)
    assert [atom.atom_id for atom in recalled.recollection.usable] == ["a1", "a2"]
    assert isinstance(prompted, events.Prompted)
    assert [item.label for item in prompted.prompt.injected] == ["m1", "m2"]
    assert llm.history == [prompted.prompt.messages]
    spoken = [token.text for token in tokens if isinstance(token, events.Token)]
    assert "".join(spoken) == "A rainy jazz playlist."
    assert isinstance(replied, events.Replied)
    assert replied.reply.citations == (Citation("m1", 21),)


async def test_a_ledger_decides_what_may_be_used() -> None:
    memory = FakeMemory(JAZZ, CAT)
    ledger = FakeLedger(Known("a1", "", state="forgotten"), Known("a2", ""))
    llm = FakeModel("Hm.")
    async for _ in answer(TURN, memory=memory, llm=llm, ledger=ledger):
        pass
    prompt = llm.history[0][-1].content
    assert "Mochi" in prompt
    assert "jazz" not in prompt


async def test_memory_that_is_away_stops_no_reply() -> None:
    memory = FakeMemory(JAZZ)
    memory.fail("/v1/recall", MemoryUnavailable("away"))
    llm = FakeModel("Hello.")
    happened = [event async for event in answer(TURN, memory=memory, llm=llm)]
    assert isinstance(happened[0], events.Recalled)
    assert isinstance(happened[0].recollection.failure, MemoryUnavailable)
    assert isinstance(happened[-1], events.Replied)
    assert "<memory>" not in llm.history[0][-1].content


async def test_a_pair_without_an_anchor_says_why() -> None:
    memory = FakeMemory()
    away = MemoryUnavailable("away")
    turn = replace(TURN, anchor_id=None, unreachable=away)
    happened = [
        event async for event in answer(turn, memory=memory, llm=FakeModel("Hi"))
    ]
    assert isinstance(happened[0], events.Recalled)
    assert happened[0].recollection.failure is away
    assert memory.history == []


async def test_a_model_that_breaks_off_is_raised_after_its_text() -> None:
    shown = []
    llm = FakeModel("Once", ModelInterrupted("cut"))
    with pytest.raises(ModelInterrupted):
        async for event in answer(TURN, memory=FakeMemory(), llm=llm):
            shown.append(event)
    assert shown[-1] == events.Token("Once")


async def test_leaving_an_answer_closes_the_model() -> None:
    llm = FakeModel("a", "b")
    async with aclosing(answer(TURN, memory=FakeMemory(), llm=llm)) as happening:
        async for event in happening:
            if isinstance(event, events.Token):
                break
    assert llm.closed


async def test_learning_evaluates_feeds_back_extracts_and_stores() -> None:
    memory, llm, book = FakeMemory(JAZZ, CAT), model(), FakeBook()
    happened = await run(memory=memory, llm=llm, book=book)
    assert [type(event).__name__ for event in happened] == [
        "Evaluated",
        "FedBack",
        "Extracted",
        "Stored",
        "Stored",
    ]
    assert book.finishings == ["evaluate", "feedback", "extract", "store"]
    assert memory.reinforced == [("session-1", "a1")]
    assert [content for _, content in memory.atoms[2:]] == CONTENTS
    assert book.confirmed == {"ref-0": "stored-2", "ref-1": "stored-3"}
    assert memory.asked("/v1/recall") == []  # nothing was in doubt


async def test_learning_again_does_nothing() -> None:
    memory, llm, book = FakeMemory(), model(), FakeBook()
    await run(memory=memory, llm=llm, book=book)
    done = len(memory.history)
    assert await run(memory=memory, llm=llm, book=book) == []
    assert len(memory.history) == done
    assert len(llm.history) == 1


async def test_what_the_recall_did_not_return_is_used_and_never_fed_back() -> None:
    memory, book = FakeMemory(), FakeBook()
    after = answered()
    carried = Remembered("a1", JAZZ[1], carried=True)
    after = replace(after, recollection=Recollection((carried,), "session-1"))
    await run(memory=memory, llm=model(), book=book, after=after)
    assert book.verdict is not None
    assert book.verdict.verified_ids == ("a1",)
    assert book.feedback == Feedback("none")
    assert memory.asked("/v1/feedback") == []


@pytest.mark.parametrize(
    "reply",
    [
        replace(REPLY, ending="stopped"),
        replace(REPLY, ending="failed"),
        replace(REPLY, ending="interrupted"),
        replace(REPLY, ending="replaced"),
        replace(REPLY, text="I can't help with that. Rainy jazz playlists."),
        replace(REPLY, text=""),
    ],
    ids=["stopped", "failed", "interrupted", "replaced", "refused", "empty"],
)
async def test_a_reply_that_is_not_final_reinforces_and_teaches_nothing(
    reply: Reply,
) -> None:
    memory, llm, book = FakeMemory(), model(), FakeBook()
    await run(memory=memory, llm=llm, book=book, after=answered(reply))
    assert memory.asked("/v1/feedback") == []
    (asked,) = llm.history
    assert "<said_by_assistant>\n\n</said_by_assistant>" in asked[-1].content
    assert [content for _, content in memory.atoms] == CONTENTS  # the person's count


async def test_an_uncited_unrelated_reply_sends_no_feedback() -> None:
    memory, book = FakeMemory(), FakeBook()
    await run(memory=memory, llm=model(), book=book, after=answered(Reply("Fine.")))
    assert memory.asked("/v1/feedback") == []
    assert book.feedback == Feedback("none")


async def test_learning_needs_an_anchor() -> None:
    turn = replace(TURN, anchor_id=None)
    with pytest.raises(ValueError, match="needs the anchor"):
        async for _ in learn(
            turn, answered(), memory=FakeMemory(), llm=model(), book=FakeBook()
        ):
            pass


@pytest.mark.parametrize(
    "error",
    [ModelRejected("too long", status=400), ModelProtocolError("no JSON")],
    ids=lambda error: type(error).__name__,
)
async def test_an_extraction_that_can_never_succeed_ends_visibly(
    error: AnchorageError,
) -> None:
    book = FakeBook()
    happened = await run(memory=FakeMemory(), llm=model(error), book=book)
    assert events.StepFailed("extract", error) in happened
    assert book.problems == {"extract": error}
    assert book.finishings[-1] == "store"


@pytest.mark.parametrize(
    "error",
    [
        ModelUnavailable("away"),
        *(ModelRejected("x", status=s) for s in (401, 403, 404)),
    ],
    ids=["away", "key", "access", "name"],
)
async def test_an_extraction_that_can_be_mended_waits(error: AnchorageError) -> None:
    memory, llm, book = FakeMemory(), model(error, {"atoms": ATOMS}), FakeBook()
    with pytest.raises(type(error)):
        await run(memory=memory, llm=llm, book=book)
    assert book.finishings == ["evaluate", "feedback"]
    await run(memory=memory, llm=llm, book=book)
    assert [content for _, content in memory.atoms] == CONTENTS


@pytest.mark.parametrize(
    "error",
    [MemoryUnavailable("away"), BillingBlocked("pay"), MemoryNotFound("anchor")],
    ids=lambda error: type(error).__name__,
)
async def test_an_atom_that_can_be_mended_waits(error: AnchorageError) -> None:
    memory, llm, book = FakeMemory(), model(), FakeBook()
    memory.fail("/v1/atoms", error)
    with pytest.raises(type(error)):
        await run(memory=memory, llm=llm, book=book)
    assert "store" not in book.finishings
    await run(memory=memory, llm=llm, book=book)
    assert [content for _, content in memory.atoms] == CONTENTS
    assert book.finishings[-1] == "store"


@pytest.mark.parametrize(
    "error",
    [BadMemoryRequest("no"), MemoryProtocolError("atom_ids")],
    ids=lambda error: type(error).__name__,
)
async def test_an_atom_that_is_refused_for_good_keeps_no_other_from_being_stored(
    error: AnchorageError,
) -> None:
    memory, book = FakeMemory(), FakeBook()
    memory.fail("/v1/atoms", error)
    happened = await run(memory=memory, llm=model(), book=book)
    assert [content for _, content in memory.atoms] == CONTENTS[1:]
    assert list(book.confirmed) == ["ref-1"]
    assert happened[-1] == events.StepFailed("store", error)
    assert book.problems == {"store": error}


async def test_an_atom_whose_answer_was_lost_is_found_and_not_stored_again() -> None:
    memory, llm, book = FakeMemory(), model(), FakeBook()
    memory.fail("/v1/atoms", MemoryUnavailable("cut", outcome_unknown=True), late=True)
    with pytest.raises(MemoryUnavailable):
        await run(memory=memory, llm=llm, book=book)
    await run(memory=memory, llm=llm, book=book)
    assert [content for _, content in memory.atoms] == CONTENTS
    assert book.confirmed["ref-0"] == "stored-0"


async def test_an_atom_of_the_same_words_that_the_ledger_has_is_not_adopted() -> None:
    memory, llm, book = FakeMemory(("old", CONTENTS[0])), model(), FakeBook()
    memory.fail("/v1/atoms", MemoryUnavailable("cut", outcome_unknown=True))
    ledger = FakeLedger(Known("old", CONTENTS[0], state="forgotten"))
    with pytest.raises(MemoryUnavailable):
        await run(memory=memory, llm=llm, book=book, ledger=ledger)
    await run(memory=memory, llm=llm, book=book, ledger=ledger)
    assert book.confirmed["ref-0"] == "stored-1"


@pytest.mark.parametrize(
    "error",
    [MemoryUnavailable("away"), BillingBlocked("pay")],
    ids=lambda error: type(error).__name__,
)
async def test_feedback_that_surely_did_nothing_is_sent_again(
    error: AnchorageError,
) -> None:
    memory, llm, book = FakeMemory(), model(), FakeBook()
    memory.fail("/v1/feedback", error)
    with pytest.raises(type(error)):
        await run(memory=memory, llm=llm, book=book)
    await run(memory=memory, llm=llm, book=book)
    assert memory.reinforced == [("session-1", "a1")]
    assert book.feedback == Feedback("sent", ("a1",))


CALLS = 17
"""Calls of an undisturbed run with one feedback and two atoms."""


async def test_a_run_makes_as_many_calls_as_it_can_be_killed_at() -> None:
    fate = Fate()
    await run(
        memory=FakeMemory(fate=fate), llm=model(fate=fate), book=FakeBook(fate=fate)
    )
    assert len(fate.calls) == CALLS


@pytest.mark.parametrize("repeatable", [True, False], ids=["embedded", "hosted"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
async def test_a_run_that_is_killed_anywhere_goes_on_where_it_stopped(
    at: int, when: Literal["before", "after"], repeatable: bool
) -> None:
    fate = Fate(at, when)
    memory = FakeMemory(idempotent=repeatable, fate=fate)
    llm = model({"atoms": ATOMS}, {"atoms": ATOMS}, fate=fate)
    book = FakeBook(fate)
    with pytest.raises(Killed):
        await run(memory=memory, llm=llm, book=book, repeatable=repeatable)
    finished = list(book.finishings)
    in_doubt = book.fed and "feedback" not in finished
    asked = len(llm.history)

    await run(memory=memory, llm=llm, book=book, repeatable=repeatable)

    assert book.finishings == ["evaluate", "feedback", "extract", "store"]
    if "extract" in finished:
        assert len(llm.history) == asked
    # No atom twice, and each confirmed under the id that the service gave it.
    assert [content for _, content in memory.atoms] == CONTENTS
    assert list(book.confirmed.values()) == [atom_id for atom_id, _ in memory.atoms]
    assert book.feedback is not None
    if repeatable or not in_doubt:
        assert book.feedback.outcome == "sent"
        assert memory.reinforced == [("session-1", "a1")]
    else:
        assert book.feedback.outcome == "unknown"
        assert len(memory.asked("/v1/feedback")) <= 1


async def test_a_continuation_is_judged_by_what_it_adds() -> None:
    turn = replace(TURN, so_far="A rainy jazz playlist, surely.")
    llm = FakeModel(" And tea [m1].")
    happened = [event async for event in answer(turn, memory=FakeMemory(), llm=llm)]
    tokens = [event.text for event in happened if isinstance(event, events.Token)]
    assert "".join(tokens) == " And tea."
    after = answered(Reply(" A rainy jazz playlist!", citations=(Citation("m1", 5),)))
    memory, book = FakeMemory(JAZZ, CAT), FakeBook()
    async for _ in learn(turn, after, memory=memory, llm=model(), book=book):
        pass
    assert memory.reinforced == []
