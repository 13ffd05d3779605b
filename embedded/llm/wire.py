"""The OpenAI chat-completions wire as the scripted model reads it.

Parses a request body once, at the edge; everything behind it works on `ChatRequest`.
What goes out is written in `answers.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

MODEL_ID = "anchorage-scripted"
_ROLES = {"system", "developer", "user", "assistant", "tool"}


class BadRequestError(Exception):
    """The request is not one that the documented API would accept (status 400)."""

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


@dataclass(frozen=True)
class ChatMessage:
    """One message of the request; parts of a list are joined to plain text."""

    role: str
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """A chat-completions request. `schema_name` is None for an ordinary reply."""

    model: str
    messages: tuple[ChatMessage, ...]
    stream: bool = False
    include_usage: bool = False
    max_tokens: int | None = None
    seed: int = 0
    schema_name: str | None = None
    schema: Mapping[str, object] | None = None


def parse_chat(body: bytes) -> ChatRequest:
    """Read a request body; raises BadRequestError and names the field at fault."""
    try:
        data = json.loads(body)
    except ValueError as exc:
        message = "We could not parse the JSON body of your request."
        raise BadRequestError(message) from exc
    if not isinstance(data, dict):
        raise BadRequestError("The body must be a JSON object.")
    model = data.get("model")
    if not isinstance(model, str) or not model:
        raise BadRequestError("You must provide a model parameter.", param="model")
    options = data.get("stream_options") or {}
    name, schema = _schema(data.get("response_format"))
    return ChatRequest(
        model=model,
        messages=_messages(data.get("messages")),
        stream=bool(data.get("stream")),
        include_usage=isinstance(options, dict) and bool(options.get("include_usage")),
        max_tokens=_limit(data),
        seed=data["seed"] if isinstance(data.get("seed"), int) else 0,
        schema_name=name,
        schema=schema,
    )


def _messages(value: object) -> tuple[ChatMessage, ...]:
    if not isinstance(value, list) or not value:
        raise BadRequestError("'messages' must be a non-empty array.", param="messages")
    found = []
    for position, item in enumerate(value):
        param = f"messages[{position}]"
        if not isinstance(item, dict) or item.get("role") not in _ROLES:
            raise BadRequestError(f"Invalid role in '{param}'.", param=f"{param}.role")
        text = _text(item.get("content"))
        if text is None:
            message = f"Invalid content in '{param}'."
            raise BadRequestError(message, param=f"{param}.content")
        found.append(ChatMessage(item["role"], text))
    return tuple(found)


def _text(content: object) -> str | None:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        return None
    parts = [part.get("text") for part in content if isinstance(part, dict)]
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts) if len(texts) == len(content) else None


def _limit(data: Mapping[str, object]) -> int | None:
    for field in ("max_completion_tokens", "max_tokens"):
        value = data.get(field)
        if value is None:
            continue
        if not isinstance(value, int) or value < 1:
            raise BadRequestError(f"'{field}' must be at least 1.", param=field)
        return value
    return None


def _schema(value: object) -> tuple[str | None, Mapping[str, object] | None]:
    if not isinstance(value, dict) or value.get("type") in {None, "text"}:
        return None, None
    if value.get("type") == "json_object":
        return "json_object", {"type": "object"}
    inner = value.get("json_schema")
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str):
        message = "Missing required parameter: 'response_format.json_schema.name'."
        raise BadRequestError(message, param="response_format.json_schema.name")
    schema = inner.get("schema")
    if not isinstance(schema, dict):
        message = "Missing required parameter: 'response_format.json_schema.schema'."
        raise BadRequestError(message, param="response_format.json_schema.schema")
    return inner["name"], schema
