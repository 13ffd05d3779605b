"""A person without a browser: plain HTTP and WebSocket, for what no page would send."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.harness.site import Site

SOCKET_S = 5.0


class Visitor:
    """One session. Made with `visiting`, which signs in as a guest."""

    def __init__(self, site: Site, client: httpx.AsyncClient) -> None:
        self.site = site
        self.client = client

    @classmethod
    @asynccontextmanager
    async def visiting(cls, site: Site) -> AsyncIterator[Self]:
        """A new guest."""
        async with httpx.AsyncClient(
            base_url=site.url, trust_env=False, timeout=15
        ) as client:
            visitor = cls(site, client)
            await client.get("/")
            entered = await visitor.post("/guest/")
            assert entered.status_code in (302, 303), entered.text
            yield visitor

    @property
    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self.client.cookies["csrftoken"]}

    async def post(self, path: str, **request: Any) -> httpx.Response:
        """POST with the token against forgery, as the pages send it."""
        headers = {**self._token, **request.pop("headers", {})}
        return await self.client.post(path, headers=headers, **request)

    async def start(self, slug: str, *, kind: str = "characters") -> str:
        """A new conversation ("characters") or lesson ("learn"); returns its id."""
        answer = await self.post(f"/{kind}/{slug}/start/")
        found = re.search(r"/c/([0-9a-f-]{36})/", answer.headers.get("location", ""))
        assert found, f"{answer.status_code} {answer.text[:200]}"
        return found[1]

    async def send(
        self, conversation: str, text: str, *, key: str = ""
    ) -> httpx.Response:
        """Send a message as the page does."""
        form = {"text": text, "key": key or str(uuid.uuid4())}
        return await self.post(
            f"/c/{conversation}/send/", data=form, headers={"HX-Request": "true"}
        )

    def messages(self, conversation: str) -> list[dict[str, Any]]:
        """The rows of the conversation without its greeting, oldest first."""
        return list(
            self.site.rows(
                "SELECT m.role, m.text, g.status, g.problem"
                " FROM conversations_message m"
                " LEFT JOIN conversations_generation g ON g.id = m.generation_id"
                " WHERE m.conversation_id = %s AND (m.role = 'user' OR g.id IS NOT NULL)"
                " ORDER BY m.created_at",
                conversation,
            )
        )

    @asynccontextmanager
    async def socket(
        self, conversation: str, *, origin: str | None = ""
    ) -> AsyncIterator[ClientConnection]:
        """The conversation's socket; `origin` None sends no such header."""
        cookies = "; ".join(f"{n}={v}" for n, v in self.client.cookies.items())
        headers: Mapping[str, str] = {"Cookie": cookies}
        if origin is not None:
            headers = {**headers, "Origin": origin or self.site.url}
        async with connect(
            f"{self.site.socket_url}/ws/c/{conversation}/",
            additional_headers=headers,
            proxy=None,
            open_timeout=SOCKET_S,
            close_timeout=SOCKET_S,
        ) as connection:
            yield connection

    async def refusal(self, conversation: str, *, origin: str | None = "") -> int:
        """The HTTP status or close code the socket is refused with; 0 if it is not."""
        try:
            async with self.socket(conversation, origin=origin) as connection:
                await connection.send(json.dumps({"type": "hello"}))
                while True:
                    await connection.recv()
        except InvalidStatus as exc:
            return exc.response.status_code
        except ConnectionClosed as exc:
            return exc.rcvd.code if exc.rcvd else 1006
