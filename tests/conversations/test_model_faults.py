"""However a model server fails: a defined end, what was said is kept, and it says so.

All faults at once, each in a conversation of its own, over HTTP to a server that fails
so, down to the row and the sentence that the page shows.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from html import unescape

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from chatapp import wiring
from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.models import Generation, Status
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.runner import Runner
from chatapp.conversations.shown import as_html
from chatapp.conversations.turns import Begun, begin
from memory import llm as memory_llm
from memory.llm import ChatModel, ModelTimeouts
from memory.model_errors import BUSY, MISCONFIGURED, NO_CREDIT, TROUBLE, UNKNOWN_MODEL
from memory.streamed import FILTERED
from memory.watchdog import USER_MESSAGES
from tests.conversations.fakes import FakeMemory
from tests.conversations.tree import messages_of
from tests.fakes import llm
from tests.fakes.llm import DONE, FaultyModel, event, stream, streamed, words
from tests.fakes.server import CUT, HANG, Answer, Asked, Pause

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = ModelTimeouts(connect=1, first_token=1, between_tokens=1, total=4)
ENDED_WITHIN_S = 30
FIRST, MIDDLE, TOTAL = (
    USER_MESSAGES[phase] for phase in ("first_token", "between_tokens", "total")
)
SAID = " ".join(f"word{number}" for number in range(60))
TOOL = {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{"}}]}


@dataclass(frozen=True)
class Case:
    """What the server does, how the reply ends, its text, what the page says."""

    answer: Answer
    status: Status = Status.FAILED
    text: str = ""
    says: str = ""


def cut_after(tokens: int) -> Case:
    """The connection breaks behind so many tokens."""
    text = " ".join(SAID.split()[:tokens])
    parts = [*words(text, 0), Pause(0.2), CUT] if tokens else [CUT]
    return Case(stream(parts), text=text, says="Try again" if not tokens else "")


CASES: Mapping[str, Case] = {
    "no first token": Case(llm.never_starts(), says=FIRST),
    "heartbeats and no token": Case(
        stream([b": still here\n\n", Pause(0.4)] * 10),
        says=FIRST,
    ),
    "a stall": Case(llm.stalls_after("Once upon a"), text="Once upon a", says=MIDDLE),
    "endless": Case(
        streamed("again " * 2_000, gap=0.02), text="again again", says=TOTAL
    ),
    **{f"cut after {n} tokens": cut_after(n) for n in range(0, 60, 10)},
    "no event stream": Case(stream([b"what is\nthis?\n\n"]), says="no readable answer"),
    "events that are no JSON": Case(
        stream([event({"content": "Once "}), b"data: {not json}\n\n", HANG]),
        text="Once",
        says="no readable answer",
    ),
    "events of another shape": Case(
        stream([b'data: {"choices": 7}\n\n', HANG]), says="no readable answer"
    ),
    "an error in mid-stream": Case(
        stream([event({"content": "Once "}), b'data: {"error": {"code": 500}}\n\n']),
        text="Once",
    ),
    "an error in place of a stream": Case(
        stream([b'data: {"error": {"code": "rate_limit_exceeded"}}\n\n']), says=BUSY
    ),
    "characters split over chunks": Case(
        llm.split_utf8("Müsli für 안녕 👩🏽‍🚀"),
        Status.COMPLETE,
        "Müsli für 안녕 👩🏽‍🚀",
    ),
    "empty": Case(llm.empty(), says="was empty"),
    "a 10 MB line": Case(
        stream([event({"content": "Once "}), b"data: ", *[b"x" * 2**20] * 10, HANG]),
        text="Once",
        says="no readable answer",
    ),
    "401": Case(llm.refused(401, "invalid_api_key"), says=MISCONFIGURED),
    "402": Case(llm.refused(402, "payment_required"), says=NO_CREDIT),
    "404": Case(llm.refused(404, "model_not_found"), says=UNKNOWN_MODEL),
    "429": Case(llm.refused(429, "slow_down", retry_after="1"), says=BUSY),
    "500": Case(llm.refused(500, "server_error"), says=TROUBLE),
    "a content filter": Case(
        stream([event({}, finish="content_filter"), DONE]), says=FILTERED
    ),
    "an HTML page": Case(llm.html_page(), says="no readable answer"),
    "an HTML page with 502": Case(Answer(502, "<html>Bad</html>"), says=TROUBLE),
    "tool calls around the text": Case(
        stream(
            [
                event(TOOL),
                event({"content": "Once "}),
                event({**TOOL, "content": None}),
                event({"content": "more."}),
                event({}, finish="stop"),
                DONE,
            ]
        ),
        Status.COMPLETE,
        "Once more.",
    ),
    "nothing but tool calls": Case(
        stream([event(TOOL), event({}, finish="tool_calls"), DONE]), says="was empty"
    ),
}


class EveryFault(FaultyModel):
    """Fails as the message names it."""

    def answer(self, asked: Asked) -> Answer:
        """The fault that the person's message is called by."""
        return CASES[asked.json()["messages"][-1]["content"]].answer


@pytest_asyncio.fixture
async def server(
    monkeypatch: pytest.MonkeyPatch, memory: FakeMemory
) -> AsyncIterator[EveryFault]:
    """The site's model, at the other end of a real connection."""
    with EveryFault() as faulty:
        model = ChatModel(
            model="faulty",
            api_key="sk-for-tests",
            base_url=faulty.base_url,
            timeouts=PATIENCE,
        )
        monkeypatch.setattr(wiring, "chat_model", lambda: model)
        yield faulty
        await model.aclose()


@dataclass(frozen=True)
class Found:
    """What became of it: the row, and the article that the page shows."""

    generation: Generation
    text: str
    article: str


async def test_each_fault_ends_in_a_defined_state_and_says_so(
    server: EveryFault, make_person: Callable[[str], User], character: Character
) -> None:
    runner = Runner()

    def begun(number: int, fault: str) -> Begun:
        person = make_person(f"person-{number}")
        conversation = open_conversation(person, character, "character")
        return begin(person, conversation, fault, uuid.uuid4())

    async def suffer(number: int, fault: str) -> Found:
        turn = await sync_to_async(begun)(number, fault)
        await runner.start(turn)
        live = runner.live(turn.generation.pk)
        assert live is not None
        shown = "".join([delta.text async for delta in live.follow()])
        found = await sync_to_async(looked_up)(turn)
        assert shown == found.text, "the page saw what the row has"
        return found

    async with asyncio.timeout(ENDED_WITHIN_S):
        ends = await asyncio.gather(*(suffer(*case) for case in enumerate(CASES)))
    wrong = {
        fault: problem
        for (fault, case), found in zip(CASES.items(), ends, strict=True)
        if (problem := difference(case, found))
    }
    assert not wrong
    asked = [a.json()["messages"][-1]["content"] for a in server.asked(llm.CHAT)]
    assert sorted(asked) == sorted(CASES), "each was asked once: nothing is retried"
    assert not runner.writes()


def looked_up(turn: Begun) -> Found:
    row = Generation.objects.select_related("message", "conversation__character").get(
        pk=turn.generation.pk
    )
    article = as_html(messages_of(row.conversation)[-1])
    asked = row.message.parent
    assert asked is not None and asked.text in CASES, "what was said is kept"
    return Found(row, row.message.text, unescape(article))


def difference(case: Case, found: Found) -> str:
    """What is not as it should be, if anything."""
    row = found.generation
    if row.status != case.status:
        return f"it is {row.status}: {row.detail}"
    if not found.text.strip().startswith(case.text) or (
        not case.text and found.text.strip()
    ):
        return f"its text is {found.text!r}"
    if case.says not in row.problem:
        return f"it says {row.problem!r}"
    if case.status == Status.FAILED and (
        not row.problem or row.problem not in found.article
    ):
        return f"the page does not say {row.problem!r}"
    if case.status == Status.COMPLETE and row.problem:
        return f"it says {row.problem!r}"
    if f'data-status="{case.status}"' not in found.article:
        return "the page shows another state"
    return ""


async def test_a_server_that_is_not_there_is_tried_twice_and_said_to_be_away(
    monkeypatch: pytest.MonkeyPatch,
    memory: FakeMemory,
    person: User,
    character: Character,
) -> None:
    with EveryFault() as faulty:
        address = faulty.base_url
    model = ChatModel(model="gone", api_key="x", base_url=address, timeouts=PATIENCE)
    monkeypatch.setattr(wiring, "chat_model", lambda: model)
    monkeypatch.setattr(memory_llm, "CONNECT_PAUSE", 0.01)

    def begun() -> Begun:
        conversation = open_conversation(person, character, "character")
        return begin(person, conversation, "empty", uuid.uuid4())

    turn = await sync_to_async(begun)()
    runner = Runner()
    await runner.start(turn)
    live = runner.live(turn.generation.pk)
    assert live is not None
    async with asyncio.timeout(ENDED_WITHIN_S):
        assert [delta async for delta in live.follow()] == []
    found = await sync_to_async(looked_up)(turn)
    assert found.generation.status == Status.FAILED
    assert "cannot be reached" in found.generation.problem
    await model.aclose()
