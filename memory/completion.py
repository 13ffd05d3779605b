"""What travels to and from a chat model, and how its JSON is read.

Providers that call themselves OpenAI-compatible differ in the edges: empty `choices`,
usage in a chunk of its own, `error` objects inside a stream, reasoning and tool calls
beside the text. Here they become three facts: text, a reason to end, token counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from memory.errors import ModelProtocolError
from memory.storable import storable

Reason = Literal["stop", "length", "content_filter", "other"]

REASONS: dict[str, Reason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
}


@dataclass(frozen=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class TextDelta:
    """The next piece of a reply; never empty, any length."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The reply is complete. Token counts are the provider's, None if it sent none."""

    reason: Reason
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True)
class Chunk:
    """One event of a stream. `alive`: the model works, with or without text."""

    text: str = ""
    reason: Reason | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    alive: bool = False


class ProviderError(Exception):
    """An `error` object in place of an answer, and the HTTP status it stands for."""

    def __init__(self, value: object) -> None:
        super().__init__("the provider sent an error object")
        self.body = value
        self.status = _status(value)


def read_chunk(data: bytes) -> Chunk:
    """One `chat.completion.chunk`. Raises `ProviderError` or `ModelProtocolError`."""
    value = _object(data)
    choice = _first_choice(value)
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        delta = {}
    text = delta.get("content") or ""
    if not isinstance(text, str):
        raise ModelProtocolError("stream: field 'content' is not a string")
    reason = _reason(choice.get("finish_reason"))
    refusal = delta.get("refusal")
    if isinstance(refusal, str) and refusal:
        # A refusal is what the model says to the person, but no answer to learn from.
        text, reason = text + refusal, "content_filter"
    alive = bool(
        text
        or delta.get("reasoning_content")
        or delta.get("reasoning")
        or delta.get("tool_calls")
    )
    prompt_tokens, completion_tokens = _usage(value)
    return Chunk(text, reason, prompt_tokens, completion_tokens, alive)


def read_completion(data: bytes) -> tuple[str, str]:
    """(text, refusal) of a whole `chat.completion`, "" for what it has not.

    Raises `ProviderError` or `ModelProtocolError`.
    """
    message = _first_choice(_object(data)).get("message")
    if not isinstance(message, dict):
        raise ModelProtocolError("completion: field 'message' is missing")
    text, refusal = message.get("content"), message.get("refusal")
    return (
        storable(text) if isinstance(text, str) else "",
        storable(refusal) if isinstance(refusal, str) else "",
    )


class SurrogateJoiner:
    """Joins a surrogate pair that a provider's escaping has split over two chunks."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """`text` made storable, but for half a pair at its end, which waits."""
        text = self._half + text
        self._half = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return storable(text)

    def close(self) -> str:
        """What still waited, replaced."""
        return storable(self._half)


def _object(data: bytes) -> dict[str, object]:
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as exc:
        raise ModelProtocolError("the answer is not JSON") from exc
    if not isinstance(value, dict):
        raise ModelProtocolError("the answer is not a JSON object")
    if value.get("error"):
        raise ProviderError(value["error"])
    return value


def _first_choice(value: dict[str, object]) -> dict[str, object]:
    """{} for a chunk without choices, as the one that carries the usage."""
    choices = value.get("choices") or []
    if not isinstance(choices, list):
        raise ModelProtocolError("the answer's field 'choices' is not a list")
    if not choices:
        return {}
    if not isinstance(choices[0], dict):
        raise ModelProtocolError("the answer's field 'choices' holds no object")
    return choices[0]


def _reason(value: object) -> Reason | None:
    return REASONS.get(str(value), "other") if value else None


def _usage(value: dict[str, object]) -> tuple[int | None, int | None]:
    usage = value.get("usage")
    if not isinstance(usage, dict):
        return None, None
    prompt, completion = (
        count if isinstance(count, int) and not isinstance(count, bool) else None
        for count in (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    )
    return prompt, completion


def _status(value: object) -> int:
    """The HTTP status that an error object means; 500 where it does not say."""
    if not isinstance(value, dict):
        return 500
    for name in ("status", "code"):
        status = value.get(name)
        if isinstance(status, str) and status.isdecimal() and len(status) == 3:
            status = int(status)
        if isinstance(status, int) and 400 <= status < 600:
            return status
    words = f"{value.get('type')} {value.get('code')}"
    if "rate_limit" in words or "insufficient_quota" in words:
        return 429
    if "invalid_request" in words or "context_length" in words:
        return 400
    return 500
