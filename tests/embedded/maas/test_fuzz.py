"""Whatever is sent: a documented answer, never a 500, and no way to another tenant.

`hypothesis` writes the bodies; after every run two tenants' rows are compared
(`tenants.two_tenants`). `FUZZ_EXAMPLES=2000` makes it long.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.cases import (
    ANCHORS,
    ATOMS,
    CHECKOUT,
    FEEDBACK,
    HYDRATE,
    INGEST,
    RECALL,
    RECALL_USER,
)
from tests.embedded.maas.tenants import OURS, SECRET, TEA, THEIRS, Tenants, two_tenants

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
ERRORS = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    429: "rate_limited",
}
# A body with a few thousand brackets is as good as one with a million.
HUGE = ["x" * 100_000, "[" * 50_000, 10**30, -1, 0, 1e308, "\x00", "\ud800", "a\udfff"]
PATHS = [ANCHORS, ATOMS, RECALL, FEEDBACK, INGEST, RECALL_USER, HYDRATE, CHECKOUT]
FIELDS = [
    *("name", "type", "metadata", "lane", "anchor_id", "anchor_ids", "content"),
    *("source_type", "confidence", "chunking", "enabled", "query", "limit", "user"),
    *("session_id", "success", "used_memory_atom_ids", "user_external_id", "messages"),
    *("role", "token_budget", "client_ref", "company_name", "admin_email"),
    *("supersedes", "speaker", "occurred_at"),
]

quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def values(tenants: Tenants) -> st.SearchStrategy[Any]:
    """JSON with everything that could hurt, and with ids of both tenants."""
    names = [
        *(tenants.anchor, tenants.atom, tenants.session, TEA),
        *(tenants.foreign_anchor, tenants.foreign_atom, "pair", "user"),
    ]
    plain = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=12),
        st.sampled_from(names),
        st.sampled_from(HUGE),
    )
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
        ),
        max_leaves=12,
    )


@pytest.fixture(name="tenants")
def _tenants(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> Iterator[Tenants]:
    with caplog.at_level(logging.ERROR), two_tenants() as tenants:
        yield tenants


def answer(tenants: Tenants, path: str, raw: bytes) -> tuple[int, Any]:
    """What the service answers acme, which must have the documented shape."""
    status, said = async_to_sync(_ask)(tenants, path, raw)
    assert status in {200, *ERRORS}, (status, said, raw[:300])
    if status != 200:
        assert set(said) == {"error", "message"}
        assert said["error"] == ERRORS[status]
    assert SECRET not in json.dumps(said, ensure_ascii=False)
    return status, said


async def _ask(tenants: Tenants, path: str, raw: bytes) -> tuple[int, Any]:
    import httpx

    from embedded.maas.asgi import application
    from embedded.maas.onboarding.checkout import ORDERS

    ORDERS.clear()
    headers = {"x-api-key": tenants.key, "X-Workspace-Id": OURS}
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://maas") as http:
        got = await http.post(path, content=raw, headers=headers)
    return got.status_code, got.json()


@quick
@given(data=st.data())
def test_any_json_is_answered_as_documented(
    tenants: Tenants, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(PATHS))
    body = data.draw(values(tenants))
    answer(tenants, path, json.dumps(body).encode())


@quick
@given(data=st.data())
def test_a_good_body_with_one_wrong_field_is_answered_as_documented(
    tenants: Tenants, data: st.DataObject
) -> None:
    path, body = data.draw(st.sampled_from(sorted(_good(tenants).items())))
    name = data.draw(st.sampled_from(sorted(body)))
    changed = {**body, name: data.draw(values(tenants))}
    status, _ = answer(tenants, path, json.dumps(changed).encode())
    if path == ATOMS and status == 200:  # whatever was taken can be searched
        asked = json.dumps(_good(tenants)[RECALL]).encode()
        assert answer(tenants, RECALL, asked)[0] == 200


@quick
@given(path=st.sampled_from(PATHS), raw=st.binary(max_size=200))
def test_any_bytes_are_answered_as_documented(
    tenants: Tenants, path: str, raw: bytes
) -> None:
    answer(tenants, path, raw)


@quick
@given(data=st.data())
def test_any_metadata_is_kept_or_refused_and_never_in_the_way(
    tenants: Tenants, data: st.DataObject
) -> None:
    told = st.sampled_from(
        ["supersedes", "speaker", "occurred_at", "role", "session_id"]
    )
    metadata = data.draw(st.dictionaries(told, values(tenants), min_size=1))
    atom = {**_good(tenants)[ATOMS], "metadata": metadata}
    answer(tenants, ATOMS, json.dumps(atom).encode())
    asked = json.dumps(_good(tenants)[RECALL]).encode()
    assert answer(tenants, RECALL, asked)[0] == 200


def test_every_good_body_is_taken(tenants: Tenants) -> None:
    """Or the tests above would only show that everything is refused."""
    for path, body in _good(tenants).items():
        assert answer(tenants, path, json.dumps(body).encode())[0] == 200, path


@pytest.mark.parametrize("depth", [33, 600, 900, 5_000, 100_000])
def test_deep_nesting_is_refused_before_anything_recurses(
    tenants: Tenants, depth: int
) -> None:
    for inner in ('"\\u0041"', "1"):
        deep = "[" * depth + inner + "]" * depth
        raw = f'{{"name": "x", "metadata": {{"a": {deep}}}}}'.encode()
        assert answer(tenants, ANCHORS, raw)[0] == 400
    flat = json.dumps({"name": "x", "metadata": {"a": [[]] * 200}}).encode()
    assert answer(tenants, ANCHORS, flat)[0] == 200


def test_another_tenants_ids_are_as_unknown_as_any(tenants: Tenants) -> None:
    foreign = {
        tenants.anchor: tenants.foreign_anchor,
        tenants.atom: tenants.foreign_atom,
    }
    nowhere = dict.fromkeys(foreign, "00000000-0000-0000-0000-000000000007")
    for path in (ATOMS, RECALL, FEEDBACK, HYDRATE):
        body = json.dumps(_good(tenants)[path])
        answers = []
        for names in (foreign, nowhere):
            asked = body
            for ours, other in names.items():
                asked = asked.replace(ours, other)
            answers.append(answer(tenants, path, asked.encode()))
        assert answers[0] == answers[1]
        assert answers[0][0] == (400 if path == FEEDBACK else 404)


def test_another_tenants_workspace_is_denied(tenants: Tenants) -> None:
    import httpx

    from embedded.maas.asgi import application

    async def ask(path: str, body: dict[str, Any]) -> int:
        transport = httpx.ASGITransport(app=application)
        headers = {"x-api-key": tenants.key, "X-Workspace-Id": THEIRS}
        async with httpx.AsyncClient(transport=transport, base_url="http://m") as http:
            return (await http.post(path, json=body, headers=headers)).status_code

    for path, body in _good(tenants).items():
        if path != CHECKOUT:
            assert async_to_sync(ask)(path, body) == 403


def _good(tenants: Tenants) -> dict[str, dict[str, Any]]:
    order = {"company_name": "A", "admin_email": "a@b.example"}
    order |= {"pricing_model": "enterprise_usage", "service_source": "maas-enterprise"}
    message = {"role": "user", "content": "I drink tea."}
    return {
        ANCHORS: {"name": "x", "type": "chat-log", "metadata": {"lane": "other"}},
        ATOMS: {
            "anchor_id": tenants.anchor,
            "content": "User likes maps.",
            "source_type": "prd",
            "metadata": {"user_external_id": "u", "client_ref": "r", "confidence": 1},
            "confidence": 0.5,
            "chunking": {"enabled": False},
        },
        RECALL: {"anchor_id": tenants.anchor, "query": TEA, "limit": 5},
        FEEDBACK: {
            "session_id": tenants.session,
            "success": True,
            "used_memory_atom_ids": [tenants.atom],
        },
        INGEST: {"user_external_id": "u", "session_id": "s", "messages": [message]},
        RECALL_USER: {"user_external_id": "u", "session_id": "s", "query": TEA},
        HYDRATE: {"anchor_ids": [tenants.anchor], "query": TEA, "token_budget": 99},
        CHECKOUT: order,
    }
