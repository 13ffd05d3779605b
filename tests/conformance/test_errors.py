"""The documented errors, in their shape, at every target."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.conformance.cases import (
    ANCHORS,
    ATOMS,
    FEEDBACK,
    HYDRATE,
    INGEST,
    RECALL,
    RECALL_USER,
)
from tests.conformance.target import Target

NOWHERE = str(uuid.UUID(int=7))
ATOM = {"anchor_id": NOWHERE, "content": "A user likes tea.", "source_type": "prd"}
ASKED = {"anchor_id": NOWHERE, "query": "tea"}
SAID = {"session_id": NOWHERE, "success": True, "used_memory_atom_ids": [NOWHERE]}
NOTES = {"anchor_ids": [NOWHERE], "query": "tea", "token_budget": 100}
TALK = {"user_external_id": "u", "messages": [{"role": "user", "content": "Hello."}]}
BODIES: dict[str, dict[str, Any]] = {
    ANCHORS: {"name": "Nothing"},
    ATOMS: ATOM,
    RECALL: ASKED,
    FEEDBACK: SAID,
    INGEST: TALK,
    RECALL_USER: {"user_external_id": "u", "query": "tea"},
    HYDRATE: NOTES,
}
every_path = pytest.mark.parametrize("path", BODIES)


def is_error(answer: httpx.Response, status: int, code: str, message: str = "") -> bool:
    """The documented shape; the message where the documentation gives one."""
    said = answer.json()
    assert answer.status_code == status, answer.text
    assert set(said) == {"error", "message"}
    assert isinstance(said["message"], str)
    assert not message or said["message"] == message
    return bool(said["error"] == code)


@every_path
async def test_the_key_and_the_workspace_are_needed(target: Target, path: str) -> None:
    body = BODIES[path]
    none = await target.post(path, body, Authorization=None)
    assert is_error(none, 400, "bad_request")
    wrong = await target.post(path, body, Authorization="Bearer mk_maas_nobodys")
    assert is_error(wrong, 400, "bad_request")
    nowhere = await target.post(path, body, X_Workspace_Id=None)
    assert is_error(nowhere, 400, "bad_request", "X-Workspace-Id is required")


@every_path
async def test_a_workspace_that_the_key_is_not_for_is_denied(
    target: Target, path: str
) -> None:
    answer = await target.post(path, BODIES[path], X_Workspace_Id=f"not-{uuid.uuid4()}")
    denied = "runtime access denied by access policy"
    assert is_error(answer, 403, "forbidden", denied)


@every_path
async def test_what_is_no_json_object_is_refused(target: Target, path: str) -> None:
    for raw in (b"{", b"[]", b"", b'{"query": "\xff"}'):
        assert is_error(await target.post(path, raw), 400, "bad_request")


async def test_the_other_header_opens_too(target: Target) -> None:
    answer = await target.post(
        RECALL_USER,
        {"anchor_id": "smoke-test", "query": "hello"},
        Authorization=None,
        x_api_key=target.key,
    )
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("path", "body"),
    [(ATOMS, ATOM), (RECALL, ASKED), (HYDRATE, NOTES)],
    ids=["atoms", "recall", "hydrate"],
)
async def test_an_unknown_anchor_is_not_found(
    target: Target, path: str, body: dict[str, Any]
) -> None:
    for anchor in (NOWHERE, "EDITORIAL_ANCHOR_ID"):
        named = {"anchor_ids": [anchor]} if "anchor_ids" in body else {}
        answer = await target.post(path, {**body, "anchor_id": anchor, **named})
        assert is_error(answer, 404, "not_found", "anchor not found")


async def test_an_unknown_session_is_not_found(target: Target) -> None:
    assert is_error(await target.post(FEEDBACK, SAID), 404, "not_found")


async def test_a_person_whom_nobody_knows_has_no_memories(target: Target) -> None:
    body = {"user_external_id": "{run}-nobody", "query": "tea"}
    answer = await target.post(RECALL_USER, body)
    assert (answer.status_code, answer.json()["items"]) == (200, [])
