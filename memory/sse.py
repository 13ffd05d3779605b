"""Server-sent events, taken from a stream of bytes; the format of a streamed reply.

Bytes go in as they arrive, whole events come out: a character split over two chunks,
CRLF split over two chunks, comments and data of several lines all end well. Source: the
HTML standard, "Server-sent events". Splitting text into lines instead would also split
at U+2028 and its like, which JSON may hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from memory.errors import ModelProtocolError

MAX_EVENT = 2**20
"""Bytes that one event, and so one line, may hold."""


@dataclass(frozen=True)
class Event:
    """`name` is "message" unless the stream says otherwise; `data` is UTF-8."""

    name: str
    data: bytes


class EventParser:
    """Feed it the body as it arrives. `began`: this is an event stream at all."""

    def __init__(self) -> None:
        self.began = False
        self._tail = b""
        self._skip_line_feed = False
        self._name = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that `chunk` completes; `ModelProtocolError` past `MAX_EVENT`."""
        if self._skip_line_feed and chunk:
            # The chunk before ended between CR and LF: its line has been taken already.
            self._skip_line_feed = False
            chunk = chunk.removeprefix(b"\n")
        if not chunk:
            return []
        lines = (self._tail + chunk).splitlines(keepends=True)
        self._tail = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        self._skip_line_feed = chunk.endswith(b"\r")
        events = [
            event
            for line in lines
            if (event := self._take(line.rstrip(b"\r\n"))) is not None
        ]
        self._bound(len(self._tail))
        return events

    def close(self) -> Event | None:
        """The event that the end of the stream left unfinished, if any."""
        tail, self._tail = self._tail, b""
        if tail:
            self._take(tail)
        return self._dispatch()

    def _take(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatch()
        field, _, value = line.removeprefix(b"\xef\xbb\xbf").partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._size += len(value)
            self._bound(0)
        elif field == b"event":
            self._name = value
        elif field and field not in (b"id", b"retry"):
            return None
        self.began = True
        return None

    def _dispatch(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], b"", 0
        if not data:
            return None
        return Event(name.decode(errors="replace") or "message", b"\n".join(data))

    def _bound(self, waiting: int) -> None:
        if self._size + waiting > MAX_EVENT:
            raise ModelProtocolError(f"stream: an event longer than {MAX_EVENT} bytes")
