"""A model server that fails in the ways real ones do; by default it answers plainly.

Speaks the chat-completions wire. Extraction calls get an empty list of atoms unless
something is queued for them with `extraction`.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping

from tests.fakes.server import CUT, HANG, Answer, Asked, Drip, FakeServer, Part, Pause

CHAT = "/v1/chat/completions"
STREAM = {"content-type": "text/event-stream"}
USUAL = "Tell me more about that."
DONE = b"data: [DONE]\n\n"


class FaultyModel(FakeServer):
    """`next(...)` queues answers for replies only, never for extraction calls.

    `every_reply` stands for all further replies, also for the tries of a caller that
    does not give up at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.replies: deque[Answer] = deque()
        self.extractions: deque[Answer] = deque()
        self.every_reply: Answer | None = None

    @property
    def env(self) -> dict[str, str]:
        """The settings that make the site use it."""
        return {
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_KEY": "sk-for-tests",
            "CHAT_MODEL": "faulty",
        }

    @property
    def base_url(self) -> str:
        """What `OPENAI_BASE_URL` is set to."""
        return f"{self.url}/v1"

    def next(self, *answers: Answer) -> None:
        """The next replies."""
        self.replies.extend(answers)

    def next_extraction(self, *atoms: dict[str, object]) -> None:
        """What the next extraction call finds."""
        self.extractions.append(completion(json.dumps({"atoms": atoms})))

    def asked_for_replies(self) -> list[Asked]:
        """The calls that asked for a reply."""
        return [a for a in self.asked(CHAT) if not is_extraction(a)]

    def answer(self, asked: Asked) -> Answer:
        """The queued answer, or a plain one."""
        if asked.path == "/v1/models":
            return Answer(200, {"object": "list", "data": [{"id": "faulty"}]})
        if asked.path != CHAT:
            return super().answer(asked)
        if is_extraction(asked):
            if self.extractions:
                return self.extractions.popleft()
            return completion(json.dumps({"atoms": []}))
        if self.replies:
            return self.replies.popleft()
        return self.every_reply or streamed(USUAL)

    def reset(self) -> None:
        """Answer plainly from now on."""
        super().reset()
        self.replies.clear()
        self.extractions.clear()
        self.every_reply = None


def is_extraction(asked: Asked) -> bool:
    """Whether the call asks for structured output."""
    return "response_format" in asked.json()


def completion(text: str) -> Answer:
    """An answer in one piece."""
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": text},
    }
    usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    head = {"id": "x", "object": "chat.completion", "created": 1, "model": "faulty"}
    return Answer(200, {**head, "choices": [choice], "usage": usage})


def streamed(text: str, *, gap: float = 0.0, finish: str = "stop") -> Answer:
    """A whole streamed reply, a word at a time with `gap` seconds between words."""
    return stream([*words(text, gap), event({}, finish=finish), DONE])


def streamed_until(enough: threading.Event, *, gap: float = 0.03) -> Answer:
    """word0, word1 and so on, until `enough`: for what happens in mid-reply."""

    def word(number: int) -> bytes:
        return event({"content": f"word{number} "})

    return stream([Drip(word, gap, enough), event({}, finish="stop"), DONE])


def stream(parts: Iterable[Part]) -> Answer:
    """A stream of exactly these parts."""
    return Answer(headers=STREAM, parts=tuple(parts))


def half_way(text: str) -> Answer:
    """Some text, then the connection breaks."""
    return stream([*words(text, 0), Pause(0.3), CUT])


def stalls_after(text: str) -> Answer:
    """Some text, then nothing more, with the connection open."""
    return stream([*words(text, 0), HANG])


def never_starts() -> Answer:
    """A good status and headers, and never an event."""
    return stream([HANG])


def split_utf8(text: str) -> Answer:
    """The reply sent a byte at a time, so that every character is torn apart."""
    whole = b"".join([event({"content": text}), event({}, finish="stop"), DONE])
    return stream([bytes([byte]) for byte in whole])


def empty() -> Answer:
    """A reply without a word."""
    return stream([event({"role": "assistant"}), event({}, finish="stop"), DONE])


def html_page() -> Answer:
    """What a captive portal or a proxy answers."""
    page = "<!doctype html><html><body><h1>Sign in to the network</h1></body></html>"
    return Answer(200, page, headers={"content-type": "text/html"})


def refused(status: int, code: str, *, retry_after: str = "") -> Answer:
    """An error in the shape that model servers use."""
    error = {"message": f"upstream says {code}", "type": code, "code": code}
    headers = {"retry-after": retry_after} if retry_after else {}
    return Answer(status, {"error": error}, headers=headers)


def words(text: str, gap: float) -> Iterable[Part]:
    """The text a word at a time, with `gap` seconds between words."""
    for word in text.split(" "):
        yield event({"content": word + " "})
        if gap:
            yield Pause(gap)


def event(delta: Mapping[str, object], *, finish: str | None = None) -> bytes:
    """One chunk of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "f"}
    data = json.dumps({**head, "choices": [choice]}, ensure_ascii=False)
    return f"data: {data}\n\n".encode()
