"""The wire as documented: answers, errors, and what may be sent twice."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx
import pytest
from channels.db import database_sync_to_async as in_db

from embedded.maas.body import MAX_BODY_BYTES
from embedded.maas.models import Anchor, ApiKey, Atom, Tenant
from tests.embedded.maas.caller import Caller

JAZZ = "User likes rainy jazz playlists."
NOWHERE = str(uuid.UUID(int=7))


def is_error(answer: httpx.Response, status: int, code: str) -> bool:
    """The documented shape, and nothing besides it."""
    return (
        answer.status_code == status
        and set(answer.json()) == {"error", "message"}
        and answer.json()["error"] == code
        and bool(answer.json()["message"])
    )


async def test_what_was_stored_is_recalled_and_reinforced(acme: Caller) -> None:
    metadata = {"lane": "user-42:aria", "service_source": "enterprise-tutor"}
    answer = await acme.post(
        "/v1/anchors",
        {"name": "Character Pair", "type": "chat-log", "metadata": metadata},
    )
    anchor = answer.json().pop("anchor_id")
    assert answer.json() == {
        "anchor_id": anchor,
        "name": "Character Pair",
        "type": "chat-log",
        "metadata": metadata,
    }
    answer = await acme.post(
        "/v1/atoms",
        {
            "anchor_id": anchor,
            "content": JAZZ,
            "source_type": "prd",
            "metadata": {"atom_type": "preference", "user_external_id": "user-42"},
            "chunking": {"enabled": False},
        },
    )
    atom = answer.json()["atom_ids"][0]
    assert answer.json() == {
        "atom_ids": [atom],
        "stored_count": 1,
        "service_source": "enterprise-tutor",
    }
    found = await acme.recall(anchor, "What music does the user like?")
    assert [(i["atom_id"], i["content"]) for i in found["items"]] == [(atom, JAZZ)]
    assert 0 < found["items"][0]["score"] <= 1
    body = {
        "session_id": found["session_id"],
        "success": True,
        "used_memory_atom_ids": [atom],
    }
    answer = await acme.post("/v1/feedback", body)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


async def test_both_authentication_headers_open(acme: Caller) -> None:
    body = {"anchor_id": "smoke-test", "query": "hello"}
    headers = {"x-api-key": acme.key, "X-Workspace-Id": acme.workspace}
    answer = await acme.http.post("/v1/memory/recall", json=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["items"] == []
    assert answer.json()["workspace_id"] == "acme-prod"
    assert answer.json()["service_source"] == "enterprise-tutor"
    assert str(uuid.UUID(answer.json()["session_id"])) == answer.json()["session_id"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"Authorization": "Bearer mk_maas_wrong"}, id="unknown-key"),
        pytest.param({"Authorization": "Basic mk_maas_wrong"}, id="other-scheme"),
        pytest.param({"x-api-key": "sk-other"}, id="other-prefix"),
        pytest.param({"x-api-key": "mk_maas_\xe9"}, id="not-ascii"),
    ],
)
async def test_a_bad_or_missing_key_is_400(
    acme: Caller, headers: dict[str, str]
) -> None:
    sent = {**headers, "X-Workspace-Id": "acme-prod"}
    encoded = [(k.encode(), v.encode("latin-1")) for k, v in sent.items()]
    answer = await acme.http.post("/v1/recall", json={}, headers=encoded)
    assert is_error(answer, 400, "bad_request")
    assert "key" in answer.json()["message"]


async def test_a_missing_workspace_is_400(acme: Caller) -> None:
    answer = await acme.http.post(
        "/v1/recall", json={}, headers={"x-api-key": acme.key}
    )
    assert is_error(answer, 400, "bad_request")
    assert answer.json()["message"] == "X-Workspace-Id is required"


async def test_a_revoked_key_is_400(acme: Caller) -> None:
    await in_db(ApiKey.objects.update)(revoked_at="2026-01-01T00:00:00Z")
    assert is_error(await acme.post("/v1/anchors", {"name": "x"}), 400, "bad_request")
    assert not await in_db(Anchor.objects.exists)()


async def test_blocked_billing_is_402(acme: Caller) -> None:
    await in_db(Tenant.objects.update)(billing_blocked=True)
    answer = await acme.post("/v1/anchors", {"name": "x"})
    assert is_error(answer, 402, "billing_access_blocked")
    assert not await in_db(Anchor.objects.exists)()


async def test_a_denying_policy_is_403(acme: Caller) -> None:
    await in_db(ApiKey.objects.update)(policy_denied=True)
    assert is_error(await acme.post("/v1/recall", {}), 403, "forbidden")


async def test_another_tenants_workspace_is_403(acme: Caller, globex: Caller) -> None:
    for workspace in ("globex-prod", "nobody-has-this"):
        answer = await acme.post("/v1/recall", {}, **{"X-Workspace-Id": workspace})
        assert is_error(answer, 403, "forbidden")


async def test_too_many_requests_are_429_with_a_time_to_wait(acme: Caller) -> None:
    await in_db(ApiKey.objects.update)(requests_per_second=0.1, burst=2)
    body = {"anchor_id": "x", "query": "hello"}
    answers = [await acme.post("/v1/memory/recall", body) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert is_error(answers[2], 429, "rate_limited")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 10


async def test_unknown_and_foreign_ids_are_the_same_404(
    acme: Caller, globex: Caller
) -> None:
    anchor = await acme.anchor()
    atom = await acme.atom(anchor, JAZZ)
    session = (await acme.recall(anchor, "jazz"))["session_id"]
    assert (await acme.recall(anchor, "jazz"))["items"]

    async def answers(anchor: str, session: str, atom: str) -> list[tuple[int, str]]:
        store = {"anchor_id": anchor, "content": "x y", "source_type": "prd"}
        feedback = {"session_id": session, "used_memory_atom_ids": [atom]}
        sent = [
            await globex.post("/v1/recall", {"anchor_id": anchor, "query": "jazz"}),
            await globex.post("/v1/atoms", store),
            await globex.post("/v1/feedback", feedback),
            await globex.post(
                "/v1/memory/hydrate", {"anchor_ids": [anchor], "query": "jazz"}
            ),
            await globex.delete(f"/v1/atoms/{atom}"),
        ]
        return [(answer.status_code, answer.text) for answer in sent]

    foreign = await answers(anchor, session, atom)
    assert foreign == await answers(NOWHERE, NOWHERE, NOWHERE)
    assert {status for status, _ in foreign} == {404}
    body = {"anchor_id": anchor, "query": "jazz", "user_external_id": "u"}
    assert (await globex.post("/v1/memory/recall", body)).json()["items"] == []
    assert await in_db(Atom.objects.filter(deleted_at=None).count)() == 1


async def test_other_paths_and_methods_answer_in_the_same_shape(acme: Caller) -> None:
    assert is_error(await acme.post("/v1/nothing", {}), 404, "not_found")
    answer = await acme.http.get("/v1/recall")
    assert is_error(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


async def test_a_lane_has_one_anchor_whoever_comes_first(acme: Caller) -> None:
    created = await asyncio.gather(*(acme.anchor("user-42:aria") for _ in range(6)))
    assert len(set(created)) == 1
    assert await acme.anchor("user-42:ben") not in created
    assert await acme.anchor() != await acme.anchor()


async def test_the_same_lane_in_another_workspace_is_another_anchor(
    acme: Caller, globex: Caller
) -> None:
    assert await acme.anchor("user-42:aria") != await globex.anchor("user-42:aria")


async def test_a_client_reference_is_stored_once(acme: Caller) -> None:
    anchor = await acme.anchor()
    stored = await asyncio.gather(
        *(acme.atom(anchor, JAZZ, client_ref="turn-1:0") for _ in range(5))
    )
    assert len(set(stored)) == 1
    assert await acme.atom(anchor, JAZZ, client_ref="turn-2:0") not in stored


async def test_a_late_repeat_does_not_bring_a_forgotten_atom_back(acme: Caller) -> None:
    anchor = await acme.anchor()
    atom = await acme.atom(anchor, JAZZ, client_ref="turn-1:0")
    assert (await acme.recall(anchor, "jazz"))["items"]
    for _ in range(2):
        assert (await acme.delete(f"/v1/atoms/{atom}")).status_code == 200
    assert (await acme.recall(anchor, "jazz"))["items"] == []
    body = {
        "anchor_id": anchor,
        "content": JAZZ,
        "source_type": "prd",
        "metadata": {"client_ref": "turn-1:0"},
    }
    answer = await acme.post("/v1/atoms", body)
    assert answer.json()["atom_ids"] == [atom]
    assert answer.json()["stored_count"] == 0
    assert (await acme.recall(anchor, "jazz"))["items"] == []
    row = await in_db(Atom.objects.get)(pk=atom)
    assert (row.content, row.metadata, bytes(row.vector)) == ("", {}, b"")


ANCHOR = {"name": "x"}
ATOM = {"anchor_id": "ANCHOR", "content": "User likes tea.", "source_type": "prd"}
RECALL = {"anchor_id": "ANCHOR", "query": "tea"}
FEEDBACK = {"session_id": "SESSION", "used_memory_atom_ids": ["ATOM"]}
HYDRATE = {"anchor_ids": ["ANCHOR"], "query": "tea", "token_budget": 100}
INGEST = {"user_external_id": "u", "messages": [{"role": "user", "content": "Hi."}]}
BAD: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "anchor-no-name": ("/v1/anchors", ANCHOR, {"name": None}),
    "anchor-blank-name": ("/v1/anchors", ANCHOR, {"name": "  "}),
    "anchor-long-name": ("/v1/anchors", ANCHOR, {"name": "x" * 501}),
    "anchor-nul": ("/v1/anchors", ANCHOR, {"name": "a\x00b"}),
    "anchor-surrogate": ("/v1/anchors", ANCHOR, {"name": "a\ud800b"}),
    "anchor-type": ("/v1/anchors", ANCHOR, {"type": 3}),
    "anchor-metadata": ("/v1/anchors", ANCHOR, {"metadata": []}),
    "anchor-nul-in-key": ("/v1/anchors", ANCHOR, {"metadata": {"a\x00": 1}}),
    "anchor-deep-surrogate": ("/v1/anchors", ANCHOR, {"metadata": {"a": ["\udfff"]}}),
    "anchor-lane": ("/v1/anchors", ANCHOR, {"metadata": {"lane": 7}}),
    "anchor-huge-metadata": ("/v1/anchors", ANCHOR, {"metadata": {"a": "x" * 40_000}}),
    "atom-no-anchor": ("/v1/atoms", ATOM, {"anchor_id": None}),
    "atom-anchor-number": ("/v1/atoms", ATOM, {"anchor_id": 7}),
    "atom-no-content": ("/v1/atoms", ATOM, {"content": "\n"}),
    "atom-no-source": ("/v1/atoms", ATOM, {"source_type": ""}),
    "atom-long": ("/v1/atoms", ATOM, {"content": "x" * 100_000}),
    "atom-nul": ("/v1/atoms", ATOM, {"content": "a\x00b"}),
    "atom-confidence": ("/v1/atoms", ATOM, {"confidence": 1.5}),
    "atom-confidence-bool": ("/v1/atoms", ATOM, {"confidence": True}),
    "atom-metadata-confidence": ("/v1/atoms", ATOM, {"metadata": {"confidence": "x"}}),
    "atom-user": ("/v1/atoms", ATOM, {"metadata": {"user_external_id": {}}}),
    "atom-chunking": ("/v1/atoms", ATOM, {"chunking": {"enabled": "yes"}}),
    "recall-no-query": ("/v1/recall", RECALL, {"query": ""}),
    "recall-query-list": ("/v1/recall", RECALL, {"query": ["tea"]}),
    "recall-long-query": ("/v1/recall", RECALL, {"query": "x" * 20_001}),
    "recall-limit-0": ("/v1/recall", RECALL, {"limit": 0}),
    "recall-limit-huge": ("/v1/recall", RECALL, {"limit": 1_000_000_000}),
    "recall-limit-float": ("/v1/recall", RECALL, {"limit": 2.0}),
    "recall-limit-bool": ("/v1/recall", RECALL, {"limit": True}),
    "feedback-no-session": ("/v1/feedback", FEEDBACK, {"session_id": None}),
    "feedback-session-type": ("/v1/feedback", FEEDBACK, {"session_id": 5}),
    "feedback-no-atoms": ("/v1/feedback", FEEDBACK, {"used_memory_atom_ids": []}),
    "feedback-not-ids": ("/v1/feedback", FEEDBACK, {"used_memory_atom_ids": ["m1"]}),
    "feedback-numbers": ("/v1/feedback", FEEDBACK, {"used_memory_atom_ids": [1]}),
    "feedback-other-atom": (
        "/v1/feedback",
        FEEDBACK,
        {"used_memory_atom_ids": [NOWHERE]},
    ),
    "feedback-success": ("/v1/feedback", FEEDBACK, {"success": "true"}),
    "person-nobody": ("/v1/memory/recall", RECALL, {"anchor_id": None}),
    "hydrate-budget-0": ("/v1/memory/hydrate", HYDRATE, {"token_budget": 0}),
    "hydrate-budget-negative": ("/v1/memory/hydrate", HYDRATE, {"token_budget": -5}),
    "hydrate-no-anchors": ("/v1/memory/hydrate", HYDRATE, {"anchor_ids": []}),
    "ingest-nobody": ("/v1/memory/ingest", INGEST, {"user_external_id": ""}),
    "ingest-no-messages": ("/v1/memory/ingest", INGEST, {"messages": []}),
    "ingest-role": ("/v1/memory/ingest", INGEST, {"messages": [{"role": "tool"}]}),
    "ingest-strings": ("/v1/memory/ingest", INGEST, {"messages": ["Hi."]}),
}


async def test_a_bad_body_is_400_and_stores_nothing(acme: Caller) -> None:
    anchor = await acme.anchor()
    atom = await acme.atom(anchor, "User drinks tea.")
    session = (await acme.recall(anchor, "tea"))["session_id"]
    names = {"ANCHOR": anchor, "ATOM": atom, "SESSION": session}
    wrong = {}
    for case, (path, good, change) in BAD.items():
        answer = await acme.post(path, {**_filled(good, names), **change})
        if not is_error(answer, 400, "bad_request"):
            wrong[case] = (answer.status_code, answer.text)
    assert wrong == {}
    assert await in_db(Anchor.objects.count)() == 1
    assert await in_db(Atom.objects.count)() == 1


RAW = {
    "empty": b"",
    "cut": b"{",
    "list": b"[]",
    "string": b'"text"',
    "null": b"null",
    "not-utf8": b'{"name": "\xff"}',
    "raw-nul": b'{"name": "a\x00"}',
    "nan": b'{"name": "a", "metadata": {"x": NaN}}',
    "infinite": b'{"name": "a", "metadata": {"x": 1e999}}',
    "digits": b'{"name": "a", "metadata": {"x": ' + b"9" * 5000 + b"}}",
    "nested": b"[" * 100_000,
    "large": b'{"name": "' + b"x" * MAX_BODY_BYTES + b'"}',
    "10MB": b" " * 10_000_000,
}


async def test_what_is_not_a_json_object_is_400(acme: Caller) -> None:
    answers = {
        case: await acme.post_raw("/v1/anchors", raw) for case, raw in RAW.items()
    }
    wrong = [c for c, a in answers.items() if not is_error(a, 400, "bad_request")]
    assert wrong == []
    assert not await in_db(Anchor.objects.exists)()


async def test_a_failure_of_ours_is_answered_in_the_same_shape(
    acme: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        msg = "the index is broken"
        raise RuntimeError(msg)

    anchor = await acme.anchor()
    monkeypatch.setattr("embedded.maas.recall.search", broken)
    answer = await acme.post("/v1/recall", {"anchor_id": anchor, "query": "tea"})
    assert is_error(answer, 500, "internal_error")
    assert "the index is broken" in caplog.text
    assert "the index is broken" not in answer.text


def _filled(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    def fill(value: object) -> object:
        if isinstance(value, list):
            return [fill(v) for v in value]
        return names.get(value, value) if isinstance(value, str) else value

    return {key: fill(value) for key, value in body.items()}
