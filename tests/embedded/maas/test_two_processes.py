"""Two processes of the service on one database say the same, at once."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.harness.maas import WORKSPACE, running_maas

pytestmark = pytest.mark.processes


@pytest.fixture(name="two")
def _two() -> Iterator[tuple[httpx.Client, httpx.Client]]:
    with running_maas() as server, server.another() as second_url:
        shown = {"x-api-key": server.key, "x-workspace-id": WORKSPACE}
        with (
            httpx.Client(base_url=server.url, headers=shown, trust_env=False) as one,
            httpx.Client(base_url=second_url, headers=shown, trust_env=False) as other,
        ):
            yield one, other


def _atom(service: httpx.Client, anchor: str, content: str) -> str:
    body = {"anchor_id": anchor, "content": content, "source_type": "prd"}
    answer = service.post("/v1/atoms", json=body)
    assert answer.status_code == httpx.codes.OK, answer.text
    return str(answer.json()["atom_ids"][0])


def _recall(service: httpx.Client, anchor: str) -> list[tuple[str, float]]:
    body = {"anchor_id": anchor, "query": "Which jazz do I like?", "limit": 5}
    items = service.post("/v1/recall", json=body).json()["items"]
    return [(item["content"], round(item["score"], 3)) for item in items]


def test_what_one_process_writes_and_forgets_the_other_knows_in_its_next_answer(
    two: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = two
    anchor = one.post("/v1/anchors", json={"name": "Pair"}).json()["anchor_id"]
    first = _atom(one, anchor, "User likes rainy jazz.")
    assert [c for c, _ in _recall(other, anchor)] == ["User likes rainy jazz."]
    _atom(other, anchor, "User likes loud jazz.")
    assert len(_recall(one, anchor)) == 2
    assert _recall(one, anchor) == _recall(other, anchor)
    assert other.delete(f"/v1/atoms/{first}").status_code == httpx.codes.OK
    for service in two:
        assert [c for c, _ in _recall(service, anchor)] == ["User likes loud jazz."]
