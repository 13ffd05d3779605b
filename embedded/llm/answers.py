"""The OpenAI chat-completions wire as the scripted model writes it.

Only shapes: a completion, the chunks of a stream, the list of models, an error. Ids
and times are derived from the request, so the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from embedded.llm.tokens import count_tokens
from embedded.llm.wire import MODEL_ID, ChatRequest

CREATED = 1_767_225_600  # a fixed moment (2026-01-01, UTC): the answer depends on it
DONE = b"data: [DONE]\n\n"
HTML_PAGE = b"""<!doctype html>
<html><head><title>502 Bad Gateway</title></head>
<body><h1>502 Bad Gateway</h1><p>The upstream server is not available.</p></body></html>
"""
_ERRORS = {
    400: ("invalid_request_error", None, "The request is not valid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("invalid_request_error", "forbidden", "This project may not use the model."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", None, "The server had an error while processing."),
    503: ("server_error", None, "The engine is currently overloaded."),
}


def completion_id(request: ChatRequest) -> str:
    """An id like the real ones, the same for the same request."""
    whole = "\0".join(f"{m.role}\0{m.content}" for m in request.messages)
    return "chatcmpl-" + hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:24]


def usage(request: ChatRequest, text: str) -> dict[str, int]:
    """Token counts as the wire reports them; four tokens of frame per message."""
    prompt = sum(count_tokens(message.content) + 4 for message in request.messages)
    spoken = count_tokens(text)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": spoken,
        "total_tokens": prompt + spoken,
    }


def completion(
    request: ChatRequest, text: str, finish: str, *, refusal: str | None = None
) -> bytes:
    """The whole answer of a call that does not stream."""
    content = None if refusal else text
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return to_json(
        {
            "id": completion_id(request),
            "object": "chat.completion",
            "created": CREATED,
            "model": MODEL_ID,
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "logprobs": None,
                    "finish_reason": finish,
                }
            ],
            "usage": usage(request, refusal or text),
        }
    )


class Chunks:
    """Writes the server-sent events of one stream."""

    def __init__(self, request: ChatRequest) -> None:
        self._request = request
        self._frame = {
            "id": completion_id(request),
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": MODEL_ID,
        }
        # A stream has hundreds of these: everything but the text is written once.
        before, after = self._event({"content": "\0"}, None).split(b'"\\u0000"')
        self._before, self._after = before, after

    def start(self) -> bytes:
        """The first event: who speaks, no text yet."""
        return self._event({"role": "assistant", "content": "", "refusal": None}, None)

    def text(self, piece: str) -> bytes:
        """One event with a piece of the reply."""
        return self._before + json.dumps(piece).encode() + self._after

    def finish(self, reason: str) -> bytes:
        """The event that says why the reply ended."""
        return self._event({}, reason)

    def usage(self, text: str) -> bytes:
        """The event with token counts and no choice, for `include_usage`."""
        counts = usage(self._request, text)
        return _sse({**self._frame, "choices": [], "usage": counts})

    def _event(self, delta: Mapping[str, object], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _sse({**self._frame, "choices": [choice]})


def models() -> bytes:
    """`GET /v1/models`: the one model there is."""
    entry = {
        "id": MODEL_ID,
        "object": "model",
        "created": CREATED,
        "owned_by": "anchorage",
    }
    return to_json({"object": "list", "data": [entry]})


def error(status: int, message: str = "", *, param: str | None = None) -> bytes:
    """An error body in OpenAI's shape; the usual words when `message` is empty."""
    kind, code, words = _ERRORS.get(status, ("api_error", None, "An error occurred."))
    detail = {"message": message or words, "type": kind, "param": param, "code": code}
    return to_json({"error": detail})


def to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _sse(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"
