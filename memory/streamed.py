"""One streamed reply, put together from the bytes of its event stream.

Knows what has been said, whether the reply has ended and how; `llm.py` brings the bytes
and decides how long to wait for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from memory.completion import (
    Chunk,
    Finished,
    ProviderError,
    Reason,
    SurrogateJoiner,
    read_chunk,
)
from memory.errors import ModelInterrupted, ModelProtocolError
from memory.model_errors import describe, model_error_for
from memory.sse import Event, EventParser

FILTERED = (
    "The model's content filter withheld this answer. "
    "Rephrase the message, then send it again."
)

EMPTY = "The model's answer was empty. Try again in a moment."
BEFORE_A_WORD = (
    "The connection to the model broke before it answered. Try again in a moment."
)


class StreamedReply:
    """Feed it bytes, take text.

    `done`: the stream said `[DONE]`. `reason`: why the reply ended, None while it has
    not. `call` and `quote` (what an upstream's text may be quoted as) serve the errors.
    """

    def __init__(self, call: str, quote: Callable[[object], str]) -> None:
        self.done = False
        self.reason: Reason | None = None
        self._progressed = False
        self._call = call
        self._quote = quote
        self._parser = EventParser()
        self._joiner = SurrogateJoiner()
        self._received = 0
        self._spoken = False
        self._prompt_tokens: int | None = None
        self._completion_tokens: int | None = None

    @property
    def complete(self) -> bool:
        """Nothing that happens to the connection now can take anything away."""
        return self.done or self.reason is not None

    def take_progress(self) -> bool:
        """Whether the model has given a sign of work since the last call."""
        progressed, self._progressed = self._progressed, False
        return progressed

    def feed(self, data: bytes) -> Iterator[str]:
        """The pieces of text that `data` completes, up to a `ModelError`, if any."""
        self._received += len(data)
        try:
            for event in self._parser.feed(data):
                yield from self._take(event)
        except ModelProtocolError as exc:
            raise ModelProtocolError(f"{self._call}: {exc}") from exc

    def close(self) -> Iterator[str]:
        """The stream has ended: the text that still waited, if any."""
        event = self._parser.close()
        if event is not None:
            try:
                yield from self._take(event)
            except ModelProtocolError:
                pass  # An event torn by the end of the stream: `finished` says so.
        if rest := self._joiner.close():
            yield rest

    def finished(self) -> Finished:
        """The reply's end; raises if it has none, or if nothing was said."""
        if not self.complete:
            if self._received and not self._parser.began:
                raise ModelProtocolError(f"{self._call}: the answer is no event stream")
            raise self.interrupted("the stream ended without finish_reason and [DONE]")
        reason = self.reason or "other"
        if not self._spoken:
            raise ModelProtocolError(
                f"{self._call}: the reply is empty (finish_reason: {reason})",
                user_message=FILTERED if reason == "content_filter" else EMPTY,
            )
        return Finished(reason, self._prompt_tokens, self._completion_tokens)

    def interrupted(self, why: str) -> ModelInterrupted:
        """The error for a stream that broke off, in words that fit what it had said."""
        return ModelInterrupted(
            f"{self._call}: {why}",
            user_message=None if self._spoken else BEFORE_A_WORD,
        )

    def _take(self, event: Event) -> Iterator[str]:
        data = event.data.strip()
        if self.done or not data:
            return
        if data == b"[DONE]":
            self.done = True
            return
        try:
            if event.name == "error":
                raise ProviderError(_loads(data))
            chunk = read_chunk(data)
        except ProviderError as exc:
            raise self._failed(exc) from exc
        self._note(chunk)
        if text := self._joiner.feed(chunk.text):
            self._spoken = self._spoken or not text.isspace()
            yield text

    def _note(self, chunk: Chunk) -> None:
        self._progressed = self._progressed or chunk.alive
        # A refusal's reason must outlive the "stop" that follows it.
        if self.reason != "content_filter":
            self.reason = chunk.reason or self.reason
        if chunk.prompt_tokens is not None:
            self._prompt_tokens = chunk.prompt_tokens
        if chunk.completion_tokens is not None:
            self._completion_tokens = chunk.completion_tokens

    def _failed(self, error: ProviderError) -> Exception:
        code, message = describe(error.body, self._quote)
        if self._spoken:
            about = " ".join(filter(None, (code, message))) or "no reason given"
            return self.interrupted(f"an error in the stream: {about}")
        return model_error_for(self._call, error.status, code=code, message=message)


def _loads(data: bytes) -> object:
    """The error event's object, taken out of the envelope that some put around it."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value.get("error", value) if isinstance(value, dict) else value
