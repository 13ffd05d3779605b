"""What the scripted model can be told to do wrong, and the record of what it was asked.

Tests (and the control door of `server.py`) enqueue an `Order`; the next call of its
kind carries it out. Without orders the model behaves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

CallKind = Literal["chat", "structured"]


class Behaviour(StrEnum):
    """Names of the misbehaviours and wire faults, as settings and queue spell them."""

    # What the model says.
    WRONG_MARKERS = "wrong_markers"  # marks a memory that it did not use
    MARKERS_NOT_INJECTED = "markers_not_injected"  # marks ids that were not injected
    MEMORY_WITHOUT_MARKER = "memory_without_marker"  # uses a memory, marks nothing
    BROKEN_JSON = "broken_json"  # structured answer cut in the middle
    PROSE_JSON = "prose_json"  # structured answer wrapped in prose and a code fence
    REFUSAL = "refusal"
    EMPTY = "empty"
    RAW = "raw"  # says `Order.text`, word for word
    # What happens on the wire.
    STATUS = "status"  # answers `Order.status`, with Retry-After if given
    HTML_PAGE = "html_page"
    CUT_HALF_WAY = "cut_half_way"  # connection breaks in the middle of the answer
    NEVER_STARTS = "never_starts"  # headers, then silence until the client leaves
    STALL_MID_STREAM = "stall_mid_stream"  # half of the answer, then silence


_CHAT_ONLY = {
    Behaviour.WRONG_MARKERS,
    Behaviour.MARKERS_NOT_INJECTED,
    Behaviour.MEMORY_WITHOUT_MARKER,
}
_STRUCTURED_ONLY = {Behaviour.BROKEN_JSON, Behaviour.PROSE_JSON}


@dataclass(frozen=True)
class Order:
    """One queued behaviour. `call` None: the kind that the behaviour is about, or any.

    `status` is the HTTP status of STATUS (default 500) and HTML_PAGE (default 200);
    `retry_after` is sent as given, so seconds and HTTP dates both work.
    """

    behaviour: Behaviour
    text: str = ""
    status: int | None = None
    retry_after: str | None = None
    call: CallKind | None = None

    def fits(self, kind: CallKind) -> bool:
        """Whether a call of this kind carries the order out."""
        if self.call is not None:
            return self.call == kind
        if self.behaviour in _CHAT_ONLY:
            return kind == "chat"
        if self.behaviour in _STRUCTURED_ONLY:
            return kind == "structured"
        return True


@dataclass
class Call:
    """One request as it was received, and how its answer ended.

    `closed_early`: the client closed the answer before its end. `sent` is the reply
    text handed out so far. `finished`: the last byte was handed out.
    """

    kind: CallKind | Literal["models", "other"]
    path: str
    model: str = ""
    messages: list[dict[str, str]] = field(default_factory=list)
    stream: bool = False
    behaviour: Behaviour | None = None
    status: int = 200
    sent: str = ""
    finished: bool = False
    closed_early: bool = False
