"""A memory service for tests: the documented calls kept in memory, and any fault queued.

Deliberately as plain as the documentation: no keys of idempotency, no delete. Recall
ranks by shared words. It shares no code with the site's client or the embedded service.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from dataclasses import replace
from typing import Any

from tests.fakes.server import Answer, Asked, FakeServer, Pause

KEY = "mk_maas_for_tests"
WORKSPACE = "tests"
ERRORS = {
    400: ("bad_request", "content is required"),
    402: ("billing_access_blocked", "runtime access is blocked"),
    403: ("forbidden", "runtime access denied by access policy"),
    404: ("not_found", "anchor not found"),
    429: ("rate_limited", "too many requests"),
    500: ("internal_error", "the service failed"),
}
BAD_KEY = Answer(400, {"error": "bad_request", "message": "API key is invalid"})
GARBAGE = Answer(200, b"\x00\xff not json {", headers={"content-type": "text/html"})


def error(status: int, *, retry_after: str = "") -> Answer:
    """The documented error of this status."""
    code, message = ERRORS[status]
    headers = {"retry-after": retry_after} if retry_after else {}
    return Answer(status, {"error": code, "message": message}, headers=headers)


class FakeMaas(FakeServer):
    """`anchors`, `atoms` and `feedback` are what it was given and accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: dict[str, dict[str, Any]] = {}
        self.atoms: dict[str, dict[str, Any]] = {}
        self.feedback: list[dict[str, Any]] = []
        self.sessions: dict[str, list[str]] = defaultdict(list)
        self.slow: dict[str, Pause] = {}  # what a path takes before it answers well

    @property
    def env(self) -> dict[str, str]:
        """The settings that make the site use it."""
        return {
            "MAAS_BASE_URL": self.url,
            "MAAS_API_KEY": KEY,
            "MAAS_WORKSPACE_ID": WORKSPACE,
        }

    def answer(self, asked: Asked) -> Answer:
        """What the documentation says, for a request with the right headers."""
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if KEY not in {bearer, asked.headers.get("x-api-key")}:
            return BAD_KEY
        if asked.headers.get("x-workspace-id") != WORKSPACE:
            return BAD_KEY
        calls = {
            "/v1/anchors": self._create_anchor,
            "/v1/atoms": self._store_atom,
            "/v1/recall": self._recall,
            "/v1/feedback": self._feedback,
        }
        call = calls.get(asked.path)
        if call is None:
            return super().answer(asked)
        answer = call(asked.json())
        if pause := self.slow.get(asked.path):
            return replace(answer, parts=(pause, answer.encoded()))
        return answer

    def reset(self) -> None:
        """Answer well and at once from now on; what is kept stays."""
        super().reset()
        self.slow.clear()

    def _create_anchor(self, body: dict[str, Any]) -> Answer:
        anchor = {"anchor_id": str(uuid.uuid4()), **body}
        self.anchors[anchor["anchor_id"]] = anchor
        return Answer(200, anchor)

    def _store_atom(self, body: dict[str, Any]) -> Answer:
        if body["anchor_id"] not in self.anchors:
            return error(404)
        atom_id = str(uuid.uuid4())
        self.atoms[atom_id] = body
        source = "enterprise-tutor"
        told = {"atom_ids": [atom_id], "stored_count": 1, "service_source": source}
        return Answer(200, told)

    def _recall(self, body: dict[str, Any]) -> Answer:
        if body["anchor_id"] not in self.anchors:
            return error(404)
        query = _words(body["query"])
        items = [
            {
                "atom_id": atom_id,
                "content": atom["content"],
                "score": round(0.1 + len(query & _words(atom["content"])) / 10, 4),
            }
            for atom_id, atom in self.atoms.items()
            if atom["anchor_id"] == body["anchor_id"]
        ]
        items.sort(key=lambda item: -item["score"])
        items = items[: body.get("limit", 8)]
        session_id = str(uuid.uuid4())
        self.sessions[session_id] = [item["atom_id"] for item in items]
        return Answer(200, {"items": items, "session_id": session_id})

    def _feedback(self, body: dict[str, Any]) -> Answer:
        if body["session_id"] not in self.sessions:
            return error(404)
        if not set(body["used_memory_atom_ids"]) <= set(
            self.sessions[body["session_id"]]
        ):
            return error(400)
        self.feedback.append(body)
        return Answer(200, {"ok": True})


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.lower()))
