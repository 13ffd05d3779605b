"""Stand-ins for the two services and the site's book, with a queue and a history.

The memory service keeps what it is told, so that a test can count it. A `Fate` kills
a run at any call, before or after that call had its effect.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from memory.calls import Call
from memory.client import MaasClient
from memory.errors import AnchorageError, MemoryNotFound
from memory.evaluate import Verdict
from memory.extract import Extraction
from memory.feedback import Feedback
from memory.llm import ChatModel, Finished, Message, TextDelta
from memory.notes import Injected
from memory.recall import Known, Remembered
from memory.turn import Entry, Step


class Killed(BaseException):
    """The process died: nothing may catch this."""


class Fate:
    """Counts the calls of a run; dies at call number `at`, before or after it."""

    def __init__(self, at: int = 0, when: Literal["before", "after"] = "after") -> None:
        self.at = at
        self.when = when
        self.calls: list[str] = []

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        number = len(self.calls)
        if number == self.at and self.when == "before":
            raise Killed(name)
        yield
        if number == self.at:
            raise Killed(name)


class FakeMemory(MaasClient):
    """A memory service: one anchor, every atom and every feedback kept.

    `errors` are raised in turn by calls of that path, instead of doing anything;
    `late` after the call had its effect. `idempotent`: like the embedded service, it
    knows an atom by its client_ref and a feedback by its session and atom.
    """

    def __init__(
        self,
        *atoms: tuple[str, str],
        idempotent: bool = False,
        fate: Fate | None = None,
    ) -> None:
        self.atoms: list[tuple[str, str]] = list(atoms)
        self.refs: dict[object, str] = {}
        self.reinforced: list[tuple[str, str]] = []
        self.history: list[Call] = []
        self.errors: dict[str, deque[AnchorageError]] = {}
        self.late: dict[str, deque[AnchorageError]] = {}
        self.anchors = {"anchor"}
        self.idempotent = idempotent
        self.fate = fate or Fate()

    def fail(self, path: str, *errors: AnchorageError, late: bool = False) -> None:
        (self.late if late else self.errors).setdefault(path, deque()).extend(errors)

    def asked(self, path: str) -> list[Mapping[str, object]]:
        return [call.body for call in self.history if call.path == path]

    async def make(self, call: Call) -> object:
        self.history.append(call)
        with self.fate.call(call.path):
            if self.errors.get(call.path):
                raise self.errors[call.path].popleft()
            answer = self._do(call)
            if self.late.get(call.path):
                raise self.late[call.path].popleft()
        return answer

    def _do(self, call: Call) -> object:
        body = dict(call.body)
        if body.get("anchor_id", "anchor") not in self.anchors:
            raise MemoryNotFound("no such anchor")
        match call.path:
            case "/v1/recall":
                items = [
                    {"atom_id": atom_id, "content": content, "score": 0.9 - n / 100}
                    for n, (atom_id, content) in enumerate(self.atoms)
                ]
                return {"items": items, "session_id": f"session-{len(self.history)}"}
            case "/v1/atoms":
                return {"atom_ids": [self._keep(body)]}
            case "/v1/feedback":
                ids = body["used_memory_atom_ids"]
                assert isinstance(ids, list)
                for pair in [(str(body["session_id"]), atom_id) for atom_id in ids]:
                    if not (self.idempotent and pair in self.reinforced):
                        self.reinforced.append(pair)
                return {"ok": True}
        raise AssertionError(call.path)

    def _keep(self, body: Mapping[str, object]) -> str:
        metadata = body["metadata"]
        assert isinstance(metadata, dict)
        ref = metadata["client_ref"]
        if self.idempotent and ref in self.refs:
            return self.refs[ref]
        atom_id = f"stored-{len(self.atoms)}"
        self.atoms.append((atom_id, str(body["content"])))
        self.refs[ref] = atom_id
        return atom_id


class FakeModel(ChatModel):
    """A model that says what is queued; an error in the queue is raised there."""

    def __init__(self, *pieces: str | AnchorageError, fate: Fate | None = None) -> None:
        self.pieces = pieces
        self.finished: Finished | None = Finished("stop", 100, 20)
        self.structures: deque[object] = deque()
        self.history: list[Sequence[Message]] = []
        self.closed = False
        self.fate = fate or Fate()

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        seed: int | None = None,
    ) -> AsyncGenerator[TextDelta | Finished, None]:
        self.history.append(messages)
        try:
            for piece in self.pieces:
                if isinstance(piece, AnchorageError):
                    raise piece
                yield TextDelta(piece)
            if self.finished is not None:
                yield self.finished
        finally:
            self.closed = True

    async def structured(
        self, messages: Sequence[Message], *, name: str, schema: Mapping[str, object]
    ) -> object:
        self.history.append(messages)
        with self.fate.call("structured"):
            answer = self.structures.popleft() if self.structures else {"atoms": []}
            if isinstance(answer, AnchorageError):
                raise answer
        return answer


class FakeBook:
    """A book that commits at once and counts how often each step was finished."""

    def __init__(self, fate: Fate | None = None) -> None:
        self.fate = fate or Fate()
        self.finishings: list[Step] = []
        self.verdict: Verdict | None = None
        self.feedback: Feedback | None = None
        self.extraction: Extraction | None = None
        self.problems: dict[Step, AnchorageError] = {}
        self.fed = False
        self.entries: dict[str, Entry] = {}
        self.confirmed: dict[str, str] = {}

    async def finished(self, step: Step) -> bool:
        with self.fate.call(f"finished {step}"):
            return step in self.finishings

    async def evaluated(self, verdict: Verdict) -> None:
        with self.fate.call("evaluated"):
            self.verdict = verdict
            self.finishings.append("evaluate")

    async def feeding(self) -> bool:
        with self.fate.call("feeding"):
            first, self.fed = not self.fed, True
        return first

    async def not_fed(self) -> None:
        with self.fate.call("not_fed"):
            self.fed = False

    async def fed_back(self, feedback: Feedback) -> None:
        with self.fate.call("fed_back"):
            self.feedback = feedback
            self.finishings.append("feedback")

    async def extracted(self, extraction: Extraction) -> None:
        with self.fate.call("extracted"):
            self.extraction = extraction
            for number, candidate in enumerate(extraction.candidates):
                self.entries[f"ref-{number}"] = Entry(f"ref-{number}", candidate)
            self.finishings.append("extract")

    async def unsaved(self) -> Sequence[Entry]:
        with self.fate.call("unsaved"):
            return [e for ref, e in self.entries.items() if ref not in self.confirmed]

    async def saved(self, entry: Entry, atom_id: str) -> None:
        with self.fate.call("saved"):
            self.confirmed[entry.client_ref] = atom_id

    async def stored(self) -> None:
        with self.fate.call("stored"):
            self.finishings.append("store")

    async def failed(self, step: Step, error: AnchorageError) -> None:
        with self.fate.call(f"failed {step}"):
            self.problems[step] = error
            self.finishings.append(step)


class FakeLedger:
    """A ledger of the given atoms; `carried` ones go along whatever is asked."""

    def __init__(self, *entries: Known, carried: Sequence[Known] = ()) -> None:
        self.entries = {entry.atom_id: entry for entry in entries}
        self._carried = carried

    async def known(self, atom_ids: Sequence[str]) -> Mapping[str, Known]:
        return {i: self.entries[i] for i in atom_ids if i in self.entries}

    async def carried(self) -> Sequence[Known]:
        return self._carried


def injected(*contents: str) -> list[Injected]:
    """Recalled atoms `a1`, `a2` ... under the labels m1, m2 ..."""
    return [
        Injected(f"m{n}", Remembered(f"a{n}", content, recalled=True, rank=n))
        for n, content in enumerate(contents, start=1)
    ]
