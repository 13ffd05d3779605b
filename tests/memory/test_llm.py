"""The chat model over real sockets: streams, watchdogs, broken providers, JSON."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Sequence
from contextlib import aclosing

import httpx2
import pytest

from memory.errors import (
    ModelError,
    ModelInterrupted,
    ModelProtocolError,
    ModelRejected,
    ModelTimeout,
    ModelUnavailable,
)
from memory.llm import ChatModel, Finished, Message, ModelTimeouts, TextDelta
from memory.model_body import MAX_ANSWER
from memory.sse import MAX_EVENT
from tests.memory.fakes import (
    DONE,
    Peer,
    Reply,
    Server,
    answer,
    cut,
    delta,
    event,
    serving,
    silence,
    stalled,
    stream,
)

KEY = "sk-secret-0123456789"
WRITTEN = "My father hits the bottle again."
ASKED = [Message("system", "You are Aria."), Message("user", WRITTEN)]
PATIENT = ModelTimeouts()
SOON: dict[str, ModelTimeouts] = {
    "first_token": ModelTimeouts(first_token=0.1),
    "between_tokens": ModelTimeouts(between_tokens=0.1),
    "total": ModelTimeouts(total=0.2),
}
"""By the watchdog that is to run out; the others are far away."""

SCHEMA = {"type": "object", "properties": {"atoms": {"type": "array"}}}
USAGE = event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}})


async def read(
    server: Server, timeouts: ModelTimeouts = PATIENT, key: str = KEY
) -> tuple[str, Finished | None]:
    """One streamed reply from `server`: its text and its end."""
    model = ChatModel(model="m", api_key=key, base_url=server.url, timeouts=timeouts)
    text, end = "", None
    try:
        async for piece in model.stream(ASKED):
            if isinstance(piece, TextDelta):
                text += piece.text
            else:
                end = piece
    finally:
        await model.aclose()
    return text, end


async def ask(server: Server, messages: Sequence[Message] = ASKED) -> object:
    model = ChatModel(model="m", extract_model="x", api_key=KEY, base_url=server.url)
    try:
        return await model.structured(messages, name="memory_atoms", schema=SCHEMA)
    finally:
        await model.aclose()


def completion(text: str | None, refusal: str | None = None) -> Reply:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return answer({"choices": [{"message": message, "finish_reason": "stop"}]})


async def test_a_reply_streams_and_ends_with_its_counts() -> None:
    script = stream(
        delta(""), delta("Hel"), delta("lo"), delta(None, "stop"), USAGE, DONE
    )
    async with serving(script) as server:
        assert await read(server) == ("Hello", Finished("stop", 7, 2))
    (request,) = server.history
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json() == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You are Aria."},
            {"role": "user", "content": WRITTEN},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_a_token_is_handed_on_before_the_next_one_comes() -> None:
    asked_for_more = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.head(kind="text/event-stream")
        await peer.send(delta("one "))
        await asked_for_more.wait()
        await peer.send(delta("two", "stop") + DONE)
        await peer.hung_up()

    async with serving(script) as server:
        model = ChatModel(model="m", api_key=KEY, base_url=server.url)
        async with aclosing(model.stream(ASKED)) as pieces:
            assert await anext(pieces) == TextDelta("one ")
            asked_for_more.set()
            assert [piece async for piece in pieces] == [
                TextDelta("two"),
                Finished("stop"),
            ]
        await model.aclose()


async def test_closing_the_stream_hangs_up_at_once() -> None:
    async with serving(stalled(delta("one"))) as server:
        model = ChatModel(model="m", api_key=KEY, base_url=server.url)
        pieces = model.stream(ASKED)
        assert await anext(pieces) == TextDelta("one")
        await pieces.aclose()
        await asyncio.wait_for(server.hung_up.wait(), 1)
        await model.aclose()


async def test_a_cancelled_reader_hangs_up_at_once() -> None:
    async with serving(stalled(delta("one"))) as server:
        task = asyncio.create_task(read(server))
        while not server.history:
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), 1)


async def test_connections_are_kept_from_reply_to_reply() -> None:
    script = stream(delta("Hi", "stop"), DONE)
    async with serving(script, script) as server:
        model = ChatModel(model="m", api_key=KEY, base_url=server.url)
        for _ in range(2):
            assert len([piece async for piece in model.stream(ASKED)]) == 2
        await model.aclose()
        assert server.connections == 1


async def test_bytes_may_be_split_anywhere() -> None:
    raw = b": hello\r\n\r\ndata: "
    raw += '{"choices":[{"delta":{"content":"Grüße, 日本 🙂"}}]}'.encode() + b"\r\n\r\n"
    raw += delta(None, "stop") + DONE
    async with serving(stream(*(raw[i : i + 1] for i in range(len(raw))))) as server:
        assert await read(server) == ("Grüße, 日本 🙂", Finished("stop"))


async def test_a_server_may_end_without_done_once_it_gave_a_reason() -> None:
    async with serving(stream(delta("Hi", "length"))) as server:
        assert await read(server) == ("Hi", Finished("length"))


async def test_done_without_its_empty_line_still_ends_the_reply() -> None:
    async with serving(stream(delta("Hi"), b"data: [DONE]")) as server:
        assert await read(server) == ("Hi", Finished("other"))


async def test_the_last_piece_without_its_empty_line_is_not_lost() -> None:
    async with serving(stream(delta("H"), delta("i", "stop").rstrip())) as server:
        assert await read(server) == ("Hi", Finished("stop"))


async def test_a_connection_cut_after_the_reason_takes_nothing_away() -> None:
    async with serving(stream(delta("Hi", "stop"), cut_off=True)) as server:
        assert await read(server) == ("Hi", Finished("stop"))


async def test_a_missing_end_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("memory.watchdog.USAGE_GRACE", 0.02)
    async with serving(stalled(delta("Hi", "stop"))) as server, asyncio.timeout(5):
        assert await read(server) == ("Hi", Finished("stop"))


async def test_an_endless_body_after_done_is_left() -> None:
    async with serving(stalled(delta("Hi", "stop") + DONE)) as server:
        assert await read(server) == ("Hi", Finished("stop"))


@pytest.mark.parametrize(
    ("script", "phase"),
    [
        pytest.param(silence, "first_token", id="silence"),
        pytest.param(stalled(), "first_token", id="head-only"),
        pytest.param(stalled(delta("")), "first_token", id="role-only"),
        pytest.param(stalled(delta("Hi")), "between_tokens", id="stall"),
        pytest.param(
            stalled(delta(None, reasoning_content="hm")),
            "between_tokens",
            id="thinking",
        ),
    ],
)
async def test_each_wait_has_its_watchdog(script: Reply, phase: str) -> None:
    async with serving(script) as server, asyncio.timeout(5):
        with pytest.raises(ModelTimeout) as caught:
            await read(server, SOON[phase])
        assert caught.value.phase == phase
        await asyncio.wait_for(server.hung_up.wait(), 1)


async def test_heartbeats_are_no_tokens() -> None:
    async def script(peer: Peer) -> None:
        await peer.head(kind="text/event-stream")
        while True:
            await peer.send(b": still working\n\n")
            await asyncio.sleep(0.01)

    async with serving(script) as server, asyncio.timeout(5):
        with pytest.raises(ModelTimeout, match="first_token took longer than 0.1 s"):
            await read(server, SOON["first_token"])


async def test_an_endless_reply_ends_at_the_total() -> None:
    async def script(peer: Peer) -> None:
        await peer.head(kind="text/event-stream")
        while True:
            await peer.send(delta("more "))
            await asyncio.sleep(0.01)

    async with serving(script) as server, asyncio.timeout(5):
        with pytest.raises(ModelTimeout) as caught:
            await read(server, SOON["total"])
        assert caught.value.phase == "total"


async def test_a_slow_reader_is_not_the_models_fault() -> None:
    async with serving(
        stream(delta("a"), delta("b"), delta("c", "stop"), DONE)
    ) as server:
        impatient = ModelTimeouts(between_tokens=0.15)
        model = ChatModel(
            model="m", api_key=KEY, base_url=server.url, timeouts=impatient
        )
        text = ""
        async for piece in model.stream(ASKED):
            await asyncio.sleep(0.2)
            text += piece.text if isinstance(piece, TextDelta) else ""
        await model.aclose()
        assert text == "abc"


async def test_a_stream_that_ends_without_an_end_is_interrupted() -> None:
    async with serving(stream(delta("Hi"))) as server:
        with pytest.raises(ModelInterrupted, match="without finish_reason"):
            await read(server)


@pytest.mark.parametrize("parts", [(), (delta("Hi"),)], ids=["empty", "text"])
async def test_a_cut_stream_is_interrupted(parts: tuple[bytes, ...]) -> None:
    async with serving(stream(*parts, cut_off=True)) as server:
        with pytest.raises(ModelInterrupted) as caught:
            await read(server)
        way_out = "Continue or regenerate" if parts else "before it answered"
        assert way_out in caught.value.user_message


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        pytest.param(
            answer(b"<h1>Hi</h1>", kind="text/html"), "answered text/html", id="page"
        ),
        pytest.param(answer({}), "answered application/json", id="json"),
        pytest.param(
            stream(b"<h1>Hi</h1>\n<p>there</p>", kind="text/plain"),
            "no event stream",
            id="mislabelled-page",
        ),
        pytest.param(stream(b"data: {oops\n\n"), "not JSON", id="bad-json"),
        pytest.param(stream(b"data: [1]\n\n"), "not a JSON object", id="no-object"),
        pytest.param(stream(event({"choices": 5})), "not a list", id="choices"),
        pytest.param(stream(event({"choices": [5]})), "no object", id="choice"),
        pytest.param(
            stream(event({"choices": [{"delta": {"content": [1]}}]})),
            "'content' is not a string",
            id="content",
        ),
        pytest.param(stream(b"data: \xff\n\n"), "not JSON", id="not-utf8"),
        pytest.param(
            stream(b"data: " + b"x" * (MAX_EVENT + 1)), "longer than", id="long-line"
        ),
        pytest.param(stream(delta(None, "stop"), DONE), "is empty", id="empty"),
        pytest.param(stream(delta(" \n"), DONE), "is empty", id="blank"),
        pytest.param(stream(DONE), "is empty", id="only-done"),
        pytest.param(
            answer(b"zzz", kind="text/event-stream", Content_Encoding="gzip"),
            "encoding is broken",
            id="encoding",
        ),
    ],
)
async def test_an_answer_that_is_no_reply_is_a_protocol_error(
    script: Reply, problem: str
) -> None:
    async with serving(script) as server:
        with pytest.raises(ModelProtocolError, match=problem) as caught:
            await read(server)
        assert str(caught.value).startswith("chat completion of m at 127.0.0.1")


async def test_a_line_of_ten_megabytes_ends_early() -> None:
    async with serving(stalled(b"data: ", b"x" * 10_000_000)) as server:
        with pytest.raises(ModelProtocolError, match="longer than 1048576 bytes"):
            await read(server)


async def test_a_filtered_answer_says_so() -> None:
    async with serving(stream(delta(None, "content_filter"), DONE)) as server:
        with pytest.raises(ModelProtocolError) as caught:
            await read(server)
        assert "content filter" in caught.value.user_message


async def test_a_refusal_is_shown_but_never_a_plain_stop() -> None:
    script = stream(delta(None, refusal="I can't."), delta(None, "stop"), DONE)
    async with serving(script) as server:
        assert await read(server) == ("I can't.", Finished("content_filter"))


async def test_tool_calls_and_odd_reasons_are_noise() -> None:
    noise = delta(None, tool_calls=[{"index": 0}])
    odd = event({"choices": [{"delta": None, "finish_reason": "tool_calls"}]})
    async with serving(stream(noise, delta("Hi"), b"data:\n\n", odd, DONE)) as server:
        assert await read(server) == ("Hi", Finished("other"))


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": {"message": "too long"}}, ModelRejected, "Shorten"),
        (401, {"error": {"message": "no"}}, ModelRejected, "misconfigured"),
        (402, {"error": {"message": "no"}}, ModelRejected, "credit"),
        (403, b"<h1>no</h1>", ModelRejected, "misconfigured"),
        (404, {"error": "no such model"}, ModelRejected, "does not exist"),
        (429, {"error": {"code": "rate_limit_exceeded"}}, ModelUnavailable, "busy"),
        (429, {"error": {"code": "insufficient_quota"}}, ModelUnavailable, "credit"),
        (500, b"", ModelUnavailable, "trouble"),
        (503, [], ModelUnavailable, "trouble"),
        (302, b"", ModelProtocolError, "no readable answer"),
    ],
)
async def test_a_status_tells_the_person_what_to_do(
    status: int, body: object, kind: type[ModelError], words: str
) -> None:
    async with serving(answer(body, status, Retry_After="7")) as server:
        with pytest.raises(kind, match=f"HTTP {status}") as caught:
            await read(server)
        assert words in caught.value.user_message
        assert len(server.history) == 1, "the SDK must not repeat by itself"
    if isinstance(caught.value, ModelUnavailable):
        assert caught.value.retry_after == 7.0
    if isinstance(caught.value, ModelRejected):
        assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 401, 429, 500])
@pytest.mark.parametrize("text", [f"bad: {WRITTEN}", f"Incorrect key: {KEY[:10]}***"])
async def test_no_error_holds_the_key_or_what_somebody_wrote(
    status: int, text: str
) -> None:
    async with serving(answer({"error": {"message": text}}, status)) as server:
        with pytest.raises(ModelError) as caught:
            await read(server)
    printed = "".join(traceback.format_exception(caught.value))
    assert WRITTEN[:12] not in printed
    assert KEY[:10] not in printed


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param({"code": 429, "message": "slow"}, ModelUnavailable, id="429"),
        pytest.param({"code": "401"}, ModelRejected, id="status-as-text"),
        pytest.param({"type": "rate_limit_error"}, ModelUnavailable, id="rate"),
        pytest.param({"type": "invalid_request_error"}, ModelRejected, id="invalid"),
        pytest.param({"message": "overloaded"}, ModelUnavailable, id="unspecified"),
        pytest.param("overloaded", ModelUnavailable, id="text"),
    ],
)
async def test_an_error_in_place_of_the_first_token_counts_by_its_kind(
    error: object, kind: type[ModelError]
) -> None:
    async with serving(stream(event({"error": error}))) as server:
        with pytest.raises(kind):
            await read(server)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(event({"error": {"message": "crashed"}}), id="error-object"),
        pytest.param(
            b'event: error\ndata: {"message": "crashed"}\n\n', id="error-event"
        ),
        pytest.param(b"event: error\ndata: oops\n\n", id="error-event-no-json"),
    ],
)
async def test_an_error_after_the_first_token_interrupts(broken: bytes) -> None:
    async with serving(stream(delta("Hi"), broken)) as server:
        with pytest.raises(ModelInterrupted, match=r"error in the stream: \w+"):
            await read(server)


async def test_a_connection_that_fails_once_is_made_again() -> None:
    async with serving(stream(delta("Hi", "stop"), DONE)) as server:
        transport = FailsToConnect(times=1)
        model = ChatModel(
            model="m", api_key=KEY, base_url=server.url, transport=transport
        )
        assert len([piece async for piece in model.stream(ASKED)]) == 2
        await model.aclose()
        assert transport.tries == 2


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx2.ConnectError, ModelUnavailable),
        (httpx2.ConnectTimeout, ModelTimeout),
    ],
)
async def test_a_connection_is_tried_twice_and_no_more(
    failure: type[httpx2.TransportError], kind: type[ModelError]
) -> None:
    transport = FailsToConnect(times=9, failure=failure)
    model = ChatModel(
        model="m", api_key=KEY, base_url="http://x/v1", transport=transport
    )
    with pytest.raises(kind) as caught:
        await anext(model.stream(ASKED))
    await model.aclose()
    assert transport.tries == 2
    assert "cannot be reached" in caught.value.user_message


async def test_a_request_that_may_have_arrived_is_not_sent_again() -> None:
    async with serving(cut, stream(delta("Hi", "stop"), DONE)) as server:
        with pytest.raises(ModelUnavailable):
            await read(server)
        assert len(server.history) == 1


async def test_a_cut_error_page_is_still_one_of_our_errors() -> None:
    async def script(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 500 X\r\nContent-Length: 99\r\n\r\nhalf")
        peer.cut()

    async with serving(script) as server:
        with pytest.raises(ModelUnavailable):
            await read(server)


async def test_local_servers_need_no_key() -> None:
    async with serving(stream(delta("Hi", "stop"), DONE)) as server:
        assert await read(server, key="") == ("Hi", Finished("stop"))


def test_a_key_that_no_header_can_carry_is_refused_unquoted() -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        ChatModel(model="m", api_key="sk-\n-evil")
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "field"),
    [(None, "max_completion_tokens"), ("http://x/v1", "max_tokens")],
)
async def test_the_limit_has_the_name_that_the_server_knows(
    base_url: str | None, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    bodies: list[dict[str, object]] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        bodies.append(json.loads(request.content))
        return httpx2.Response(200, content=delta("Hi", "stop") + DONE)

    transport = httpx2.MockTransport(handle)
    model = ChatModel(model="m", api_key=KEY, base_url=base_url, transport=transport)
    assert [piece async for piece in model.stream(ASKED, max_tokens=9)]
    await model.aclose()
    assert bodies[0][field] == 9


async def test_text_that_utf8_cannot_carry_is_mended_on_its_way_out() -> None:
    async with serving(stream(delta("Hi", "stop"), DONE)) as server:
        model = ChatModel(model="m", api_key=KEY, base_url=server.url)
        assert [p async for p in model.stream([Message("user", "half \ud83d")])]
        await model.aclose()
        assert server.history[0].json()["messages"][0]["content"] == "half \ufffd"


async def test_structured_asks_the_extract_model_strictly() -> None:
    async with serving(completion('{"atoms": []}')) as server:
        assert await ask(server) == {"atoms": []}
    body = server.history[0].json()
    assert body["model"] == "x"
    assert "stream" not in body
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "memory_atoms", "schema": SCHEMA, "strict": True},
    }


async def test_an_answer_without_json_is_shown_to_the_model_once() -> None:
    async with serving(completion("Sure!"), completion('{"atoms": [1]}')) as server:
        assert await ask(server) == {"atoms": [1]}
    shown, repair = server.history[1].json()["messages"][-2:]
    assert shown == {"role": "assistant", "content": "Sure!"}
    assert "cannot be read as JSON" in repair["content"]


async def test_two_answers_without_json_are_enough() -> None:
    async with serving(completion("Sure!"), completion("Sorry!")) as server:
        with pytest.raises(ModelProtocolError, match="when asked again") as caught:
            await ask(server)
    printed = "".join(traceback.format_exception(caught.value))
    assert "Sorry!" not in printed


async def test_an_answer_without_text_is_asked_for_again() -> None:
    async with serving(completion(None), completion(None)) as server:
        with pytest.raises(ModelProtocolError):
            await ask(server)
    shown = server.history[1].json()["messages"][-2]
    assert shown == {"role": "assistant", "content": "(nothing)"}


async def test_a_prompt_without_a_system_message_gets_the_schema_first() -> None:
    async with serving(answer({}, 400), completion("{}")) as server:
        assert await ask(server, [Message("user", "x")]) == {}
    roles = [m["role"] for m in server.history[1].json()["messages"]]
    assert roles == ["system", "user"]


@pytest.mark.parametrize("status", [400, 422])
async def test_a_provider_without_formats_is_asked_in_words_from_then_on(
    status: int,
) -> None:
    no = answer({"error": {"message": "response_format?"}}, status)
    yes = completion("```json\n{}\n```")
    async with serving(no, yes, yes) as server:
        model = ChatModel(model="m", api_key=KEY, base_url=server.url)
        for _ in range(2):
            assert await model.structured(ASKED, name="n", schema=SCHEMA) == {}
        await model.aclose()
    bodies = [asked.json() for asked in server.history]
    assert ["response_format" in body for body in bodies] == [True, False, False]
    assert "JSON schema" in bodies[1]["messages"][0]["content"]
    assert bodies[1]["messages"][1:] == bodies[0]["messages"][1:]


@pytest.mark.parametrize(
    ("script", "kind", "problem"),
    [
        pytest.param(answer({}, 401), ModelRejected, "HTTP 401", id="401"),
        pytest.param(
            answer({}, 429, Retry_After="3"), ModelUnavailable, "HTTP 429", id="429"
        ),
        pytest.param(
            answer(b"<h1>", kind="text/html"), ModelProtocolError, "not JSON", id="page"
        ),
        pytest.param(
            answer({}), ModelProtocolError, "'message' is missing", id="empty"
        ),
        pytest.param(
            answer({"error": {"code": 503}}), ModelUnavailable, "HTTP 503", id="error"
        ),
        pytest.param(completion(None, "No."), ModelProtocolError, "refused", id="no"),
        pytest.param(
            answer(b" " * (MAX_ANSWER + 1)), ModelProtocolError, "longer", id="long"
        ),
        pytest.param(cut, ModelUnavailable, "RemoteProtocolError|ReadError", id="cut"),
        pytest.param(
            stream(b"{", kind="application/json", cut_off=True),
            ModelInterrupted,
            "in the middle",
            id="cut-later",
        ),
    ],
)
async def test_structured_fails_by_name(
    script: Reply, kind: type[ModelError], problem: str
) -> None:
    async with serving(script) as server:
        with pytest.raises(kind, match=problem) as caught:
            await ask(server)
        assert type(caught.value) is kind
        assert str(caught.value).count("chat completion of x at") == 1


async def test_structured_has_a_deadline() -> None:
    async with serving(silence) as server:
        model = ChatModel(
            model="m", api_key=KEY, base_url=server.url, timeouts=SOON["total"]
        )
        with pytest.raises(ModelTimeout) as caught:
            await model.structured(ASKED, name="n", schema=SCHEMA)
        await model.aclose()
        assert caught.value.phase == "total"


class FailsToConnect(httpx2.AsyncBaseTransport):
    """Fails `times` times before a byte has left, then connects."""

    def __init__(
        self, times: int, failure: type[httpx2.TransportError] = httpx2.ConnectError
    ) -> None:
        self.tries = 0
        self._times = times
        self._failure = failure
        self._inner = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.tries += 1
        if self.tries <= self._times:
            raise self._failure("no")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
