"""A caller of the memory API: raw JSON over the ASGI door, no client of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass
class Caller:
    """A key and its workspace; `post` sends any body, `post_raw` any bytes."""

    http: httpx.AsyncClient
    key: str
    workspace: str

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """POST as the documentation's examples do; lone surrogates go as escapes."""
        raw = json.dumps(body).encode()
        return await self.http.post(path, content=raw, headers=self._headers(headers))

    async def post_raw(self, path: str, body: bytes) -> httpx.Response:
        """POST bytes that need not be JSON."""
        return await self.http.post(path, content=body, headers=self._headers({}))

    async def delete(self, path: str) -> httpx.Response:
        """DELETE without a body."""
        return await self.http.delete(path, headers=self._headers({}))

    async def anchor(self, lane: str = "", **metadata: Any) -> str:
        """Create an anchor and answer its id."""
        body = {
            "name": "Pair",
            "metadata": {**metadata, **({"lane": lane} if lane else {})},
        }
        return str((await self.post("/v1/anchors", body)).json()["anchor_id"])

    async def atom(self, anchor: str, content: str, **metadata: Any) -> str:
        """Store an atom and answer its id."""
        body = {
            "anchor_id": anchor,
            "content": content,
            "source_type": "prd",
            "metadata": metadata,
        }
        answer = await self.post("/v1/atoms", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["atom_ids"][0])

    async def recall(self, anchor: str, query: str, limit: int = 5) -> dict[str, Any]:
        """Recall from one anchor."""
        body = {"anchor_id": anchor, "query": query, "limit": limit}
        answer = await self.post("/v1/recall", body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.key}", "X-Workspace-Id": self.workspace}
        return {**own, **headers}
