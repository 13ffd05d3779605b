"""The client against scripted answers; time-outs and pooling over real sockets."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from memory import observe
from memory.answers import MAX_ANSWER
from memory.breaker import Breaker
from memory.client import MaasClient
from memory.errors import (
    AccessDenied,
    BadMemoryRequest,
    BillingBlocked,
    KeyRefused,
    MemoryAPIError,
    MemoryAway,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRateLimited,
    MemoryRejected,
    MemoryUnavailable,
)
from memory.observe import KEY_IS, Seen, observing
from tests.memory.fakes import Peer, answer, cut, serving, silence

KEY = "mk_maas_secret_0123456789"
SECRET_TEXT = "My father hits the bottle again."
RECALL = {"items": [], "session_id": "s1"}
STORED = {"atom_ids": ["a1"], "stored_count": 1, "service_source": "x"}

Call = Callable[[MaasClient], Awaitable[object]]


class Scripted:
    """Answers from a queue (a response, or what httpx is to raise) and a history."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.queue = deque(answers)
        self.history: list[httpx.Request] = []
        self.exchanges: list[Seen] = []
        self.slept: list[float] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.history.append(request)
        answer = self.queue.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def client(self, **options: Any) -> MaasClient:
        observe._OBSERVER.set(self.exchanges.append)  # as long as the test's own task
        defaults: dict[str, Any] = {
            "transport": httpx.MockTransport(self.handle),
            "sleep": self.sleep,
            "chance": lambda: 0.5,
        }
        return MaasClient("https://maas.test/v1", KEY, "acme", **defaults | options)


def ok(value: object = None) -> httpx.Response:
    return httpx.Response(200, json=value if value is not None else RECALL)


def refused(
    status: int, code: str = "x", text: str = "y", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": code, "message": text}, headers=named)


def recall(client: MaasClient) -> Awaitable[object]:
    return client.recall("a1", SECRET_TEXT)


def store(client: MaasClient) -> Awaitable[object]:
    return client.store_atom("a1", SECRET_TEXT, source_type="prd", metadata={})


def feedback(client: MaasClient) -> Awaitable[object]:
    return client.feedback("s1", ["a1"])


async def test_a_recall_sends_the_documented_request() -> None:
    scripted = Scripted(ok())
    found = await scripted.client().recall("a1", "music?", limit=5)
    (request,) = scripted.history
    assert found.session_id == "s1"
    assert str(request.url) == "https://maas.test/v1/recall"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-workspace-id"] == "acme"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {
        "anchor_id": "a1",
        "query": "music?",
        "limit": 5,
    }


async def test_the_key_may_travel_in_its_own_header() -> None:
    scripted = Scripted(ok())
    await scripted.client(auth="x-api-key").recall("a1", "q")
    assert scripted.history[0].headers["x-api-key"] == KEY
    assert "authorization" not in scripted.history[0].headers


@pytest.mark.parametrize(
    ("call", "path", "body", "reply"),
    [
        pytest.param(
            lambda c: c.create_anchor("N", metadata={"lane": "u:c"}),
            "/v1/anchors",
            {"name": "N", "type": "chat-log", "metadata": {"lane": "u:c"}},
            {"anchor_id": "a"},
            id="create_anchor",
        ),
        pytest.param(
            lambda c: c.store_atom(
                "a", "Größe 🙂", source_type="prd", metadata={"atom_type": "goal"}
            ),
            "/v1/atoms",
            {
                "anchor_id": "a",
                "content": "Größe 🙂",
                "source_type": "prd",
                "metadata": {"atom_type": "goal"},
                "chunking": {"enabled": False},
            },
            STORED,
            id="store_atom",
        ),
        pytest.param(
            lambda c: c.store_atom(
                "a", "b", source_type="prd", metadata={}, confidence=0.0, chunking=True
            ),
            "/v1/atoms",
            {
                "anchor_id": "a",
                "content": "b",
                "source_type": "prd",
                "metadata": {},
                "chunking": {"enabled": True},
                "confidence": 0.0,
            },
            STORED,
            id="store_atom-confidence",
        ),
        pytest.param(
            lambda c: c.feedback("s", ("a", "b"), success=False),
            "/v1/feedback",
            {"session_id": "s", "success": False, "used_memory_atom_ids": ["a", "b"]},
            {"ok": True},
            id="feedback",
        ),
        pytest.param(
            lambda c: c.ingest_memory(
                user_external_id="u",
                session_id="s",
                messages=[{"role": "user", "content": "x"}],
            ),
            "/v1/memory/ingest",
            {
                "user_external_id": "u",
                "session_id": "s",
                "messages": [{"role": "user", "content": "x"}],
            },
            {},
            id="ingest_memory",
        ),
        pytest.param(
            lambda c: c.recall_user("q", user_external_id="u", session_id="s"),
            "/v1/memory/recall",
            {"user_external_id": "u", "session_id": "s", "query": "q"},
            {"items": []},
            id="recall_user",
        ),
        pytest.param(
            lambda c: c.hydrate_memory(["a"], "q", token_budget=500),
            "/v1/memory/hydrate",
            {"anchor_ids": ["a"], "query": "q", "token_budget": 500},
            {"context_text": "", "used_atom_ids": []},
            id="hydrate_memory",
        ),
    ],
)
async def test_each_call_sends_what_is_documented(
    call: Call, path: str, body: object, reply: object
) -> None:
    scripted = Scripted(ok(reply))
    await call(scripted.client())
    (request,) = scripted.history
    assert (request.method, request.url.path) == ("POST", path)
    assert json.loads(request.content) == body


async def test_a_delete_names_the_atom_in_its_path_and_has_no_body() -> None:
    scripted = Scripted(httpx.Response(200, json={"ok": True}))
    await scripted.client().delete_atom("a/1?x")
    (request,) = scripted.history
    assert (request.method, request.content) == ("DELETE", b"")
    assert request.url.raw_path == b"/v1/atoms/a%2F1%3Fx"
    assert scripted.exchanges[0].method == "DELETE"


async def test_a_buyer_without_a_key_sends_none() -> None:
    scripted = Scripted(ok({"checkout_session_id": "cs", "url": "https://pay.test"}))
    session = await scripted.client().create_checkout_session(
        company_name="Acme",
        admin_email="ops@acme.test",
        pricing_model="enterprise_usage",
        service_source="enterprise-tutor",
    )
    (request,) = scripted.history
    assert session.checkout_session_id == "cs"
    assert request.url.path == "/api/v1/billing/maas/checkout-session"
    assert "authorization" not in request.headers
    assert "x-workspace-id" not in request.headers


async def test_feedback_without_an_atom_is_no_call() -> None:
    scripted = Scripted()
    with pytest.raises(ValueError, match="at least one"):
        await scripted.client().feedback("s", [])
    assert scripted.history == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadMemoryRequest),
        (401, AccessDenied),
        (402, BillingBlocked),
        (403, AccessDenied),
        (404, MemoryNotFound),
        (422, MemoryRejected),
    ],
    ids=str,
)
@pytest.mark.parametrize("body", ["documented", "html", "empty", "list", "deep"])
async def test_a_4xx_is_never_repeated_and_mapped_by_its_status(
    status: int, kind: type[MemoryRejected], body: str
) -> None:
    replies = {
        "documented": refused(status, "not_found", "anchor not found"),
        "html": httpx.Response(status, html="<h1>Nope</h1>"),
        "empty": httpx.Response(status),
        "list": httpx.Response(status, json=[]),
        "deep": httpx.Response(status, content=b"[" * 100_000),
    }
    scripted = Scripted(replies[body])
    with pytest.raises(kind) as caught:
        await store(scripted.client())
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert str(caught.value).startswith(
        f"POST https://maas.test/v1/atoms: HTTP {status}"
    )
    documented = ("not_found", "anchor not found") if body == "documented" else ("", "")
    assert (caught.value.code, caught.value.message) == documented
    assert len(scripted.history) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"invalid content: {SECRET_TEXT}",
        f"value {SECRET_TEXT[3:18]}...",
        f"unknown key {KEY}",
        f"unknown key {KEY[:12]}***",
    ],
)
async def test_no_error_holds_a_key_or_what_somebody_wrote(text: str) -> None:
    scripted = Scripted(refused(400, "bad_request", text))
    with pytest.raises(BadMemoryRequest) as caught:
        await store(scripted.client())
    printed = "".join(traceback.format_exception(caught.value))
    shown = printed + repr(vars(caught.value)) + str(scripted.exchanges)
    assert KEY[:12] not in shown
    assert SECRET_TEXT[3:18] not in shown
    assert "withheld" in caught.value.message


@pytest.mark.parametrize(
    ("failures", "slept"),
    [
        pytest.param([httpx.ConnectError("x")], [0.125], id="connect"),
        pytest.param([httpx.ConnectTimeout("x")], [0.125], id="connect-timeout"),
        pytest.param([httpx.PoolTimeout("x")], [0.125], id="pool"),
        pytest.param([refused(429)], [0.125], id="429"),
        pytest.param([refused(503), refused(503)], [0.125, 0.25], id="5xx"),
        pytest.param([refused(408)], [0.125], id="408"),
        pytest.param([refused(429, retry_after="7")], [7.0], id="retry-after"),
        pytest.param([refused(503, retry_after="soon")], [0.125], id="nonsense"),
    ],
)
async def test_a_passing_trouble_is_repeated(
    failures: list[httpx.Response | Exception], slept: list[float]
) -> None:
    scripted = Scripted(*failures, ok(STORED))
    await store(scripted.client())
    assert scripted.slept == slept
    assert [e.attempt for e in scripted.exchanges] == list(range(1, len(failures) + 2))
    assert scripted.exchanges[-1].error is None


async def test_retries_end_with_the_last_error() -> None:
    scripted = Scripted(*(refused(503, retry_after="1") for _ in range(4)))
    with pytest.raises(MemoryUnavailable) as caught:
        await store(scripted.client())
    assert len(scripted.history) == 4
    assert caught.value.retry_after == 1.0
    assert not caught.value.outcome_unknown


async def test_a_wait_beyond_the_ceiling_is_left_to_the_caller() -> None:
    scripted = Scripted(refused(429, "rate_limited", retry_after="31"))
    with pytest.raises(MemoryRateLimited) as caught:
        await store(scripted.client())
    assert (len(scripted.history), caught.value.retry_after) == (1, 31.0)
    assert "busy" in caught.value.user_message


async def test_a_recall_is_not_repeated_unless_asked() -> None:
    scripted = Scripted(refused(503))
    with pytest.raises(MemoryUnavailable):
        await recall(scripted.client())
    again = Scripted(refused(503), ok())
    await again.client().recall("a1", "q", retries=1)
    assert len(again.history) == 2


async def test_a_wait_that_would_miss_the_deadline_is_not_begun() -> None:
    scripted = Scripted(refused(503, retry_after="5"))
    with pytest.raises(MemoryUnavailable, match="HTTP 503"):
        await scripted.client().recall("a1", "q", retries=3, timeout=1.0)
    assert scripted.slept == []


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("x"),
        httpx.ReadError("x"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_write_without_an_answer_may_have_happened(failure: Exception) -> None:
    scripted = Scripted(failure)
    with pytest.raises(MemoryUnavailable) as caught:
        await store(scripted.client())
    assert caught.value.outcome_unknown
    assert caught.value.__cause__ is failure
    assert len(scripted.history) == 1
    read = Scripted(failure, ok({"context_text": "", "used_atom_ids": []}))
    await read.client().hydrate_memory(["a"], "q", token_budget=1)
    assert len(read.history) == 2


async def test_a_connection_that_was_never_made_changed_nothing() -> None:
    scripted = Scripted(*(httpx.ConnectError("x") for _ in range(4)))
    with pytest.raises(MemoryUnavailable) as caught:
        await store(scripted.client())
    assert not caught.value.outcome_unknown
    assert len(scripted.history) == 4


async def test_what_an_earlier_attempt_may_have_done_stays_unknown() -> None:
    scripted = Scripted(refused(500), *(httpx.ConnectError("x") for _ in range(3)))
    with pytest.raises(MemoryUnavailable, match="ConnectError") as caught:
        await scripted.client().create_anchor("N", metadata={"lane": "u:c"})
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("write", [store, feedback], ids=["store", "feedback"])
async def test_a_write_that_may_have_happened_is_not_repeated(write: Call) -> None:
    unknown = Scripted(refused(502))
    with pytest.raises(MemoryUnavailable) as caught:
        await write(unknown.client())
    assert caught.value.outcome_unknown
    assert len(unknown.history) == 1


async def test_feedback_that_was_surely_not_taken_is_repeated() -> None:
    refusal = Scripted(refused(503), refused(429), ok({"ok": True}))
    await feedback(refusal.client())
    assert len(refusal.history) == 3


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(httpx.Response(200, html="<h1>Welcome</h1>"), id="html"),
        pytest.param(httpx.Response(200), id="empty"),
        pytest.param(httpx.Response(200, content=b'{"items": ['), id="torn"),
        pytest.param(httpx.Response(200, content=b"[" * 100_000), id="deep"),
        pytest.param(httpx.Response(200, content=b"\xff\xfe\x00"), id="bytes"),
        pytest.param(httpx.Response(204), id="204"),
        pytest.param(httpx.Response(302, headers={"location": "/x"}), id="redirect"),
        pytest.param(httpx.Response(304), id="304"),
        pytest.param(httpx.DecodingError("x"), id="encoding"),
        pytest.param(httpx.Response(200, content=b" " * (MAX_ANSWER + 1)), id="long"),
    ],
)
async def test_an_answer_that_is_none_is_a_protocol_error(
    reply: httpx.Response | Exception,
) -> None:
    scripted = Scripted(reply)
    with pytest.raises(
        MemoryProtocolError, match=r"POST https://maas\.test/v1/recall: "
    ):
        await recall(scripted.client())


@pytest.mark.parametrize(
    ("text", "score"),
    [("half \ud83d", 0.5), ("x", float("nan"))],
    ids=["surrogate", "nan"],
)
async def test_what_json_cannot_carry_is_refused_before_the_call(
    text: str, score: float
) -> None:
    scripted = Scripted()
    with pytest.raises(BadMemoryRequest, match="not sent") as caught:
        await scripted.client().store_atom(
            "a1", text, source_type="prd", metadata={}, confidence=score
        )
    assert caught.value.status == 400
    assert scripted.history == []


@pytest.mark.parametrize(
    "base", ["https://m.test", "https://m.test/v1/", "https://m.test/"]
)
async def test_the_base_url_may_have_its_v1_or_not(base: str) -> None:
    scripted = Scripted(ok())
    transport = httpx.MockTransport(scripted.handle)
    await recall(MaasClient(base, KEY, "w", transport=transport))
    assert str(scripted.history[0].url) == "https://m.test/v1/recall"


async def test_each_attempt_is_observed_with_what_was_sent_and_came() -> None:
    scripted = Scripted(refused(503), ok(STORED))
    await store(scripted.client())
    first, second = scripted.exchanges
    assert (first.method, first.url) == ("POST", "https://maas.test/v1/atoms")
    assert (first.status, first.error) == (503, "HTTP 503")
    assert (second.error, second.status, second.attempt) == (None, 200, 2)
    assert json.loads(second.request())["anchor_id"] == "a1"
    assert json.loads(second.response()) == STORED
    assert second.seconds >= (second.first_seconds or 0) >= 0


async def test_a_key_that_an_answer_repeats_is_not_observed() -> None:
    scripted = Scripted(ok(STORED | {"echo": KEY}))
    await store(scripted.client())
    (seen,) = scripted.exchanges
    assert KEY not in seen.response() + repr(seen)
    assert KEY_IS in seen.response()


async def test_a_recall_keeps_its_deadline_against_a_silent_service() -> None:
    exchanges: list[Seen] = []
    async with serving(silence) as server:
        client = MaasClient(server.url, KEY, "w")
        with (
            observing(exchanges.append),
            pytest.raises(MemoryUnavailable, match="no complete answer") as caught,
        ):
            await client.recall("a1", "q", timeout=0.05)
        await asyncio.wait_for(server.hung_up.wait(), 5)
        await client.aclose()
    assert not caught.value.outcome_unknown
    assert "in time" in caught.value.user_message
    assert [(e.status, e.error) for e in exchanges] == [(None, "Timeout")]


async def test_a_trickle_of_bytes_does_not_stretch_the_deadline() -> None:
    async def trickle(peer: Peer) -> None:
        await peer.head()
        while True:
            await peer.send(b" ")
            await asyncio.sleep(0.005)

    async with serving(trickle) as server:
        client = MaasClient(server.url, KEY, "w")
        async with asyncio.timeout(5):
            with pytest.raises(MemoryUnavailable):
                await client.recall("a1", "q", timeout=0.05)
        await client.aclose()


async def test_a_write_that_timed_out_is_of_unknown_outcome_and_not_repeated() -> None:
    async with serving(silence) as server:
        client = MaasClient(server.url, KEY, "w", timeout=0.05)
        with pytest.raises(MemoryUnavailable) as caught:
            await store(client)
        await client.aclose()
        assert caught.value.outcome_unknown
        assert len(server.history) == 1


async def test_a_cut_connection_is_unavailable() -> None:
    async with serving(cut, cut) as server:
        client = MaasClient(server.url, KEY, "w")
        with pytest.raises(MemoryUnavailable) as caught:
            await recall(client)
        assert not caught.value.outcome_unknown
        with pytest.raises(MemoryUnavailable) as caught:
            await store(client)
        assert caught.value.outcome_unknown
        await client.aclose()


async def test_connections_are_kept_also_after_errors() -> None:
    async with serving(answer(RECALL), answer({}, 404), answer(RECALL)) as server:
        client = MaasClient(server.url, KEY, "w")
        await recall(client)
        with pytest.raises(MemoryNotFound):
            await recall(client)
        await recall(client)
        await client.aclose()
        assert server.connections == 1


async def test_missed_deadlines_do_not_use_up_the_pool() -> None:
    async with serving(*[silence] * 150, answer(RECALL)) as server:
        patient = Breaker(failures=1000)
        client = MaasClient(server.url, KEY, "w", breaker=patient)
        missed = await asyncio.gather(
            *(client.recall("a", "q", timeout=0.3) for _ in range(150)),
            return_exceptions=True,
        )
        assert all(isinstance(error, MemoryUnavailable) for error in missed)
        server.queue.clear()
        server.queue.append(answer(RECALL))
        await recall(client)
        await client.aclose()


async def test_a_cancelled_call_is_observed_and_stays_cancelled() -> None:
    exchanges: list[Seen] = []
    async with serving(silence) as server:
        client = MaasClient(server.url, KEY, "w")
        with observing(exchanges.append):
            task = asyncio.ensure_future(recall(client))
        while not server.history:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.aclose()
    assert [e.error for e in exchanges] == ["Cancelled"]


async def test_the_same_client_calls_an_asgi_application() -> None:
    asked: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(dict(scope["headers"])[b"x-workspace-id"])
        if len(asked) > 1:
            raise RuntimeError("a mistake in the service")
        body = json.dumps(RECALL).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    client = MaasClient.from_asgi(app, api_key=KEY, workspace_id="acme", retries=0)
    assert (await client.recall("a", "q")).session_id == "s1"
    with pytest.raises(MemoryUnavailable, match="HTTP 500"):
        await store(client)
    await client.aclose()
    assert asked == [b"acme", b"acme"]


@pytest.mark.parametrize(
    "message", ["API key is invalid", "X-Workspace-Id is required", "invalid key"]
)
async def test_a_400_that_names_the_key_or_the_workspace_is_no_fault_of_the_call(
    message: str,
) -> None:
    scripted = Scripted(refused(400, "bad_request", message))
    with pytest.raises(KeyRefused) as caught:
        await store(scripted.client())
    assert (caught.value.status, caught.value.message) == (400, message)


async def test_a_service_that_is_away_is_not_asked_by_everybody() -> None:
    away = Scripted(*(httpx.ConnectError("x") for _ in range(5)))
    client = away.client()
    for _ in range(5):
        with pytest.raises(MemoryUnavailable):
            await recall(client)
    with pytest.raises(MemoryAway) as caught:
        await store(client)
    assert len(away.history) == 5
    assert not caught.value.outcome_unknown


async def test_refusals_and_too_many_calls_leave_the_breaker_closed() -> None:
    scripted = Scripted(*(refused(429) for _ in range(6)), refused(402), ok())
    client = scripted.client(retries=0)
    for _ in range(7):
        with pytest.raises(MemoryAPIError):
            await recall(client)
    await recall(client)


async def test_five_hundreds_open_the_breaker_and_an_answer_closes_it() -> None:
    now, heard = [0.0], []
    breaker = Breaker(clock=lambda: now[0], heard=lambda: heard.append(now[0]))
    scripted = Scripted(*(refused(500) for _ in range(5)), ok(), ok())
    client = scripted.client(breaker=breaker)
    for _ in range(5):
        with pytest.raises(MemoryUnavailable):
            await recall(client)
    with pytest.raises(MemoryAway):
        await recall(client)
    now[0] = 5.0
    await recall(client)
    await recall(client)
    assert (breaker.state, heard) == ("closed", [5.0])


async def test_callers_that_give_up_open_the_breaker_too() -> None:
    async with serving(*[silence] * 6) as server:
        breaker = Breaker(failures=2)
        client = MaasClient(server.url, KEY, "w", breaker=breaker)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await client.create_anchor("N", metadata={})
        assert breaker.state == "open"
        await client.aclose()
