"""Which answer of the memory service is a success, and what every other one raises."""

from __future__ import annotations

import json
from dataclasses import dataclass

from memory.backoff import parse_retry_after
from memory.calls import Call
from memory.errors import MemoryProtocolError
from memory.statuses import error_for

MAX_ANSWER = 8 * 2**20
"""Bytes of an answer that are read; a longer one is a protocol error."""


@dataclass(frozen=True)
class Answer:
    """What is kept of a response; `retry_after` is the header as sent."""

    status: int
    retry_after: str | None
    body: bytes

    @property
    def good(self) -> bool:
        """Whether the service did what it was asked."""
        return 200 <= self.status < 300


class TooLong(Exception):
    """The body went past `MAX_ANSWER`."""


def read(call: Call, name: str, answer: Answer, *, secret: str) -> object:
    """The parsed JSON of a success; raises the error of everything else.

    `secret` is the key, which no error quotes; `name` is what the error calls `call`.
    """
    if not answer.good:
        raise error_for(
            name,
            answer.status,
            answer.body,
            sent=call.body,
            secret=secret,
            is_write=call.writes,
            retry_after=parse_retry_after(answer.retry_after),
        )
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as exc:
        raise MemoryProtocolError(
            f"{name}: HTTP {answer.status}, but the {len(answer.body)} bytes of its"
            " answer are not JSON"
        ) from exc
