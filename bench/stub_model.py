"""A model server that costs nothing: its first token leaves as the request arrives.

Run it as `python -m bench.stub_model PORT`. A reply's first token says when the request
had arrived and when that token left, in nanoseconds of the machine's monotonic clock,
so that whoever reads the reply on a page knows both. It goes on with one of the notes
that it was given, cited, so that the site has something to verify and to feed back.
Calls that do not stream (the site's extraction) are answered with no atoms. `GET
/pace/WORDS/SECONDS/KIND` sets how long replies are, running ones too, how far apart their
words, and what these are: a `sentence`, `prose` in paragraphs, or `stamps`, each of
which says when it left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import cast

import uvloop

STAMP = re.compile(r"@(\d+):(\d+):(\d+)@")
"""When the request had arrived, when the token left, how many notes there were."""
WORD_STAMP = re.compile(rb"@([0-9a-f]+)")
"""When this word left, in nanoseconds, hexadecimal; nothing that Markdown looks at."""
PARAGRAPH, PARAGRAPH_WORDS = "\n\n", 60
MODEL = "stub"
SPEECH = (
    "That is worth a longer talk than we have tonight, but let us begin with the part"
    " you know best and see how far it takes us before the tide turns again"
)
_WORDS = SPEECH.split()
_HEAD = re.compile(rb"content-length: *(\d+)\r\n", re.IGNORECASE)
_STREAMS = re.compile(rb'"stream": ?true')
_NOTE = re.compile(r"^\[(m\d+)\] [^:]*: (.*)$", re.MULTILINE)
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


@dataclass
class Pace:
    """How long a reply is, how far apart its words are, in seconds, and of what kind."""

    words: int = 6
    seconds: float = 0.02
    kind: str = "sentence"

    def word(self, number: int) -> str:
        """The word of this number, with what stands before it."""
        ends = number % PARAGRAPH_WORDS == PARAGRAPH_WORDS - 1
        if self.kind == "stamps":
            return f"{PARAGRAPH if ends else ' '}@{time.monotonic_ns():x}"
        word = _WORDS[number % len(_WORDS)]
        if self.kind == "prose" and ends:
            return f"{PARAGRAPH}**{word}**"
        return f" {word}"


class StubModel(asyncio.Protocol):
    """One connection, kept alive; requests on it come one after the other."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._data = b""
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        # uvloop's transports are of no class that asyncio knows.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The site stopped the reply, or ended."""
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer once the request is complete."""
        self._data += data
        head, separator, body = self._data.partition(b"\r\n\r\n")
        length = _HEAD.search(head + b"\r\n")
        if not separator or len(body) < (int(length[1]) if length else 0):
            return
        arrived = time.monotonic_ns()
        self._data = b""
        if head.startswith(b"GET /pace/"):
            self._set_pace(head)
        elif _STREAMS.search(body):
            self._stream(arrived, body)
        else:
            self._write_json(_completion('{"atoms": []}'))

    def _set_pace(self, head: bytes) -> None:
        words, seconds, kind = head.split(b" ")[1].decode().split("/")[2:]
        self._pace.words, self._pace.seconds = int(words), float(seconds)
        self._pace.kind = kind
        self._write_json({})

    def _stream(self, arrived: int, body: bytes) -> None:
        # No JSON parsing before the first token: a long body would count as model time.
        notes = body.count(b", confidence ")
        stamp = f"@{arrived}:{time.monotonic_ns()}:{notes}@"
        self._transport.write(_STREAM_HEAD + _event(_delta(stamp)))
        self._later(_cited(body), 0)

    def _later(self, cited: list[str], at: int) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._pace.seconds, self._next, cited, at)

    def _next(self, cited: list[str], at: int) -> None:
        if at < self._pace.words:
            own = at - len(cited)
            word = f" {cited[at]}" if own < 0 else self._pace.word(own)
            self._transport.write(_event(_delta(word)))
            self._later(cited, at + 1)
            return
        ending = _chunk({}, finish="stop") | {
            "usage": {"prompt_tokens": 500, "completion_tokens": at + 1}
        }
        done = b"".join((_event(ending), _chunked(b"data: [DONE]\n\n"), _chunked(b"")))
        self._transport.write(done)

    def _write_json(self, value: object) -> None:
        body = json.dumps(value).encode()
        head = f"content-type: application/json\r\ncontent-length: {len(body)}"
        self._transport.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)


def _cited(body: bytes) -> list[str]:
    """The first note that was injected, word by word, and its marker."""
    messages = json.loads(body)["messages"]
    note = _NOTE.search(messages[-1]["content"])
    return [*note[2].split(), f"[{note[1]}]"] if note else []


def _delta(text: str) -> dict[str, object]:
    return _chunk({"content": text})


def _chunk(delta: dict[str, object], finish: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "stub",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": MODEL,
        "choices": [choice],
    }


def _completion(text: str) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "stub",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 500, "completion_tokens": 5, "total_tokens": 505},
    }


def _event(value: object) -> bytes:
    return _chunked(b"data: " + json.dumps(value).encode() + b"\n\n")


def _chunked(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _serve(port: int) -> None:
    pace = Pace()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: StubModel(pace), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    uvloop.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
