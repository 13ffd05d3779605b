"""The fakes have to do what they promise before anything is tested against them."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.fakes import llm, maas
from tests.fakes.server import CUT, HANG, NOTHING, Answer, FakeServer

HEADERS = {"authorization": f"Bearer {maas.KEY}", "x-workspace-id": maas.WORKSPACE}


def test_a_queued_answer_comes_once_and_the_request_is_remembered() -> None:
    with FakeServer() as server, httpx.Client(trust_env=False) as client:
        server.queue("/a", Answer(200, {"ok": True}))
        assert client.post(f"{server.url}/a", json={"x": 1}).json() == {"ok": True}
        assert client.post(f"{server.url}/a").status_code == 404
        assert [asked.path for asked in server.history] == ["/a", "/a"]
        assert server.history[0].json() == {"x": 1}


def test_a_cut_connection_breaks_the_body() -> None:
    with FakeServer() as server, httpx.Client(trust_env=False) as client:
        server.queue("/a", Answer(parts=(b"half", CUT)))
        with pytest.raises(httpx.TransportError):
            client.get(f"{server.url}/a")


def test_hanging_up_is_noticed() -> None:
    with FakeServer() as server, httpx.Client(trust_env=False) as client:
        server.queue("/a", Answer(parts=(b"first", HANG)))
        with client.stream("GET", f"{server.url}/a") as response:
            pieces = response.iter_raw()  # kept: dropping it would hang up
            assert next(pieces) == b"first"
            assert not server.history[0].gone.is_set()
        assert server.history[0].gone.wait(2)


def test_nothing_answers_nothing() -> None:
    with FakeServer() as server, httpx.Client(trust_env=False, timeout=0.2) as client:
        server.always("*", NOTHING)
        with pytest.raises(httpx.ReadTimeout):
            client.get(server.url)


def test_switched_off_it_refuses_and_comes_back_on_the_same_port() -> None:
    with FakeServer() as server, httpx.Client(trust_env=False) as client:
        server.always("/", Answer(200, b"here"))
        before = server.port
        server.switch_off()
        with pytest.raises(httpx.ConnectError):
            client.get(server.url)
        server.switch_on()
        assert client.get(server.url).text == "here"
        assert server.port == before


def test_the_memory_service_recalls_from_its_anchor_and_takes_feedback_for_it() -> None:
    with maas.FakeMaas() as server, httpx.Client(trust_env=False) as client:

        def call(path: str, body: object, status: int = 200) -> dict[str, Any]:
            answer = client.post(server.url + path, json=body, headers=HEADERS)
            assert answer.status_code == status
            return dict(answer.json())

        mine = call("/v1/anchors", {"name": "mine"})["anchor_id"]
        other = call("/v1/anchors", {"name": "other"})["anchor_id"]
        atom = {"anchor_id": mine, "content": "User likes rainy jazz."}
        (atom_id,) = call("/v1/atoms", atom)["atom_ids"]
        assert call("/v1/recall", {"anchor_id": other, "query": "x"})["items"] == []
        told = call("/v1/recall", {"anchor_id": mine, "query": "jazz?"})
        used = {"session_id": told["session_id"], "used_memory_atom_ids": [atom_id]}
        call("/v1/feedback", used | {"success": True})
        call("/v1/feedback", used | {"session_id": "unknown"}, status=404)
        call("/v1/recall", {"anchor_id": "unknown", "query": "x"}, status=404)
        assert len(server.feedback) == 1


def test_the_memory_service_refuses_a_wrong_key() -> None:
    with maas.FakeMaas() as server, httpx.Client(trust_env=False) as client:
        assert client.post(f"{server.url}/v1/anchors", json={}).status_code == 400


def test_a_slow_reply_comes_a_word_at_a_time() -> None:
    with llm.FaultyModel() as server, httpx.Client(trust_env=False) as client:
        server.next(llm.streamed("one two", gap=0.1))
        body = {"messages": [], "stream": True}
        began = time.monotonic()
        with client.stream(
            "POST", f"{server.base_url}/chat/completions", json=body
        ) as r:
            text = "".join(r.iter_text())
        assert time.monotonic() - began > 0.15
        assert '"one "' in text
        assert '"two "' in text
        assert text.endswith("[DONE]\n\n")
