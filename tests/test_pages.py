"""Every page's request: read up to a limit, whatever the client says of its size."""

from __future__ import annotations

from typing import Any

import pytest

from chatapp import pages
from chatapp.pages import PageHandler


class Client:
    """Sends a body in pieces, and keeps what it was answered."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)
        self.answers: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        piece = self._pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(self, message: dict[str, Any]) -> None:
        self.answers.append(message)

    @property
    def unread(self) -> int:
        return len(self._pieces)


async def test_a_body_without_end_is_refused_in_a_sentence_and_read_no_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "BODY_BYTES", 100)
    client = Client(*[b"x" * 40] * 9)
    await PageHandler()({"type": "http"}, client.receive, client.send)
    assert client.unread == 6
    start, body = client.answers
    assert start["status"] == 413
    assert b"larger than" in body["body"]
