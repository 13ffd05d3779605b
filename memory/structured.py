"""Getting JSON out of a model: strictly if the provider can, in words if it cannot.

An answer that is no JSON is shown to the model once, with the reason, and then given
up.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

from memory.completion import Message
from memory.errors import ModelProtocolError, ModelRejected
from memory.loose_json import parse_loosely

Format = Mapping[str, object]

Ask = Callable[[Sequence[Message], Format | None], Awaitable[str]]
"""One completion: messages and `response_format`, or None; answers the text."""

FORMAT_REFUSED = frozenset({400, 422})
"""Statuses with which providers refuse a `response_format` that they do not know."""

MAX_SHOWN_BACK = 8000
"""Characters of an unusable answer that the model is shown again."""


async def ask_for_json(
    ask: Ask,
    call: str,
    messages: Sequence[Message],
    *,
    name: str,
    schema: Mapping[str, object],
    in_words: bool,
) -> tuple[object, bool]:
    """The JSON value, and whether it had to be asked for in words.

    `in_words` true skips the `response_format` that this provider is known to refuse;
    `call` is for the error's text.
    """
    wanted: Format | None = None if in_words else strict_format(name, schema)
    if wanted is not None:
        try:
            text = await ask(messages, wanted)
        except ModelRejected as exc:
            if exc.status not in FORMAT_REFUSED:
                raise
            wanted = None
    if wanted is None:
        messages = with_schema(messages, schema)
        text = await ask(messages, wanted)
    try:
        return parse_loosely(text), wanted is None
    except ValueError as exc:
        repair = Message(
            "user",
            f"That cannot be read as JSON: {exc}. Answer again, with the JSON alone.",
        )
    shown = Message("assistant", text[:MAX_SHOWN_BACK] or "(nothing)")
    text = await ask([*messages, shown, repair], wanted)
    try:
        return parse_loosely(text), wanted is None
    except ValueError as exc:
        raise ModelProtocolError(f"{call}: {exc}, also when asked again") from exc


def strict_format(name: str, schema: Mapping[str, object]) -> Format:
    """The documented `response_format` for output that follows `schema` strictly."""
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "schema": dict(schema), "strict": True},
    }


def with_schema(
    messages: Sequence[Message], schema: Mapping[str, object]
) -> list[Message]:
    """`messages` with the schema in words, in the first system message."""
    request = (
        "Answer with one JSON value and nothing else, made to this JSON schema: "
        + json.dumps(schema, ensure_ascii=False)
    )
    if messages and messages[0].role == "system":
        first = Message("system", f"{messages[0].content}\n\n{request}")
        return [first, *messages[1:]]
    return [Message("system", request), *messages]
