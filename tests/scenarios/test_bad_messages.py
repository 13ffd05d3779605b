"""What no page would send is refused in words, and changes nothing."""

from __future__ import annotations

import json
import uuid

import httpx
import pytest

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.harness.fixtures import Call
from tests.harness.site import Site
from tests.harness.visitor import Visitor
from tests.harness.waiting import eventually

LONGEST = 8_000
FORM = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
JSON = {"Content-Type": "application/json", "HX-Request": "true"}


def form(text: str) -> bytes:
    """A form body with this percent-encoded text and a fresh key."""
    return f"text={text}&key={uuid.uuid4()}".encode()


BAD = {
    "empty": (form(""), FORM),
    "only blanks": (form("%20%0A%09%E2%80%83"), FORM),
    "too long": (form("a" * (LONGEST + 1)), FORM),
    "too long in characters, not bytes": (form("%EC%95%88" * (LONGEST + 1)), FORM),
    "NUL": (form("a%00b"), FORM),
    "a lone surrogate as bytes": (form("a%ED%A0%80b"), FORM),
    "not UTF-8": (form("%FF%FE"), FORM),
    "no text": (f"key={uuid.uuid4()}".encode(), FORM),
    "no key": (b"text=Hello+there", FORM),
    "a key that is none": (b"text=Hello+there&key=1", FORM),
    "nothing at all": (b"", FORM),
    "not a form": (b"\x00\x01\x02", {**FORM, "Content-Type": "application/x-thing"}),
    "broken JSON": (b'{"text": "Hel', JSON),
    "JSON that is no object": (b"[1, 2]", JSON),
    "JSON with a lone surrogate": (b'{"text": "a\\ud800b", "key": "k"}', JSON),
    "a torn multipart body": (
        b"--x\r\nContent-Disp",
        {**FORM, "Content-Type": "multipart/form-data; boundary=x"},
    ),
}


@pytest.mark.parametrize(("body", "headers"), BAD.values(), ids=BAD.keys())
async def test_a_message_that_makes_no_sense_is_refused_and_creates_nothing(
    site: Site, call: Call, body: bytes, headers: dict[str, str]
) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    answer = await visitor.post(
        f"/c/{conversation}/send/", content=body, headers=headers
    )
    assert 400 <= answer.status_code < 500, answer.text[:500]
    explains(answer)
    assert visitor.messages(conversation) == []


async def test_the_longest_message_is_taken(site: Site, call: Call) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    answer = await visitor.send(conversation, "안" * LONGEST)
    assert answer.is_success, answer.text[:500]
    await quiet(visitor, conversation)
    assert len(visitor.messages(conversation)[0]["text"]) == LONGEST


async def test_an_unknown_conversation_and_somebody_elses_are_the_same_404(
    site: Site, call: Call
) -> None:
    owner, stranger = await call(site), await call(site)
    theirs = await owner.start("ailsa")
    for conversation in (theirs, str(uuid.uuid4())):
        assert (await stranger.client.get(f"/c/{conversation}/")).status_code == 404
        assert (await stranger.send(conversation, "Hello there")).status_code == 404
        for action in ("stop", "regenerate"):
            answer = await stranger.post(f"/c/{conversation}/{action}/")
            assert answer.status_code == 404
        panel = await stranger.client.get(f"/c/{conversation}/memory/")
        assert panel.status_code == 404
    assert owner.messages(theirs) == []
    refusals = {
        await stranger.refusal(theirs),
        await stranger.refusal(str(uuid.uuid4())),
    }
    assert len(refusals) == 1, "a stranger can tell which conversations exist"
    assert refusals <= {403, 404, 4404}


async def test_the_owners_socket_is_let_in(site: Site, call: Call) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    async with visitor.socket(conversation) as connection:
        assert connection.response is not None
        assert connection.response.status_code == 101


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://127.0.0.1:1",
        "http://localhost",
        "http://evil.example",
        "https://127.0.0.1",
        "http://127.0.0.1.evil.example",
    ],
    ids=[
        "missing",
        "null",
        "another port",
        "another name",
        "another host",
        "another scheme",
        "a host that begins like ours",
    ],
)
async def test_a_socket_from_another_origin_is_refused(
    site: Site, call: Call, origin: str | None
) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    assert await visitor.refusal(conversation, origin=origin) == 403


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", '"x"', "\x00", '{"type": 1}', json.dumps({"type": "x" * 9_000})],
    ids=["empty", "half", "list", "text", "NUL", "number", "huge"],
)
async def test_a_frame_that_makes_no_sense_does_not_break_the_conversation(
    site: Site, call: Call, frame: str
) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    async with visitor.socket(conversation) as connection:
        await connection.send(frame)
        await connection.send(b"\xff\x00")
        sent = await visitor.send(conversation, "I like long walks in the rain.")
        assert sent.is_success
    await quiet(visitor, conversation)
    assert visitor.messages(conversation)[-1]["status"] == "complete"


async def test_the_same_key_twice_creates_nothing_twice(site: Site, call: Call) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    key = str(uuid.uuid4())
    first = await visitor.send(conversation, "Hello there", key=key)
    again = await visitor.send(conversation, "Hello there", key=key)
    assert first.is_success
    assert again.is_success
    await quiet(visitor, conversation)
    third = await visitor.send(conversation, "Hello there", key=key)
    assert third.is_success
    roles = [message["role"] for message in visitor.messages(conversation)]
    assert roles == ["user", "assistant"]


async def test_a_second_send_while_a_reply_streams_is_refused_and_disturbs_nothing(
    faulty_model_site: tuple[Site, FaultyModel], call: Call
) -> None:
    site, model = faulty_model_site
    model.reset()
    model.next(llm.streamed("one two three four five six", gap=0.15))
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    assert (await visitor.send(conversation, "Hello there")).is_success
    second = await visitor.send(conversation, "And another thing")
    assert second.status_code == httpx.codes.CONFLICT
    explains(second)
    await quiet(visitor, conversation)
    rows = visitor.messages(conversation)
    assert [row["role"] for row in rows] == ["user", "assistant"]
    assert rows[1]["text"].strip() == "one two three four five six"
    assert (await visitor.send(conversation, "And another thing")).is_success


async def test_a_forged_post_is_refused(site: Site, call: Call) -> None:
    visitor = await call(site)
    conversation = await visitor.start("ailsa")
    data = {"text": "Hello there", "key": str(uuid.uuid4())}
    answer = await visitor.client.post(f"/c/{conversation}/send/", data=data)
    assert answer.status_code == 403
    assert visitor.messages(conversation) == []


def explains(answer: httpx.Response) -> None:
    """The answer says something for people and shows no program's words."""
    assert len(answer.text.split()) >= 4, answer.text
    for word in ("Traceback", "Exception", "DEBUG = "):
        assert word not in answer.text


async def quiet(visitor: Visitor, conversation: str) -> None:
    """Wait until the newest reply has ended."""
    await eventually(
        lambda: (
            visitor.messages(conversation)[-1]["status"] not in ("pending", "streaming")
        ),
        "the reply ends",
        within=30,
    )
