"""A model and a memory service that do as told, and remember what they were asked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from memory.errors import ModelProtocolError
from memory.llm import Finished, Message, TextDelta
from memory.wire import Anchor, Recall, RecalledItem, StoredAtoms

Piece = str | BaseException | asyncio.Event


@dataclass
class FakeModel:
    """`replies` is what it will stream, `atoms` what it will extract; both queues."""

    replies: deque[list[Piece]] = field(default_factory=deque)
    atoms: deque[list[dict[str, Any]] | BaseException] = field(default_factory=deque)
    asked: list[Sequence[Message]] = field(default_factory=list)
    seeds: list[int | None] = field(default_factory=list)
    closed: int = 0
    model: str = "fake"

    async def stream(
        self, messages: Sequence[Message], *, seed: int | None = None
    ) -> AsyncIterator[TextDelta | Finished]:
        self.asked.append(messages)
        self.seeds.append(seed)
        pieces = self.replies.popleft() if self.replies else ["Good evening."]
        try:
            for piece in pieces:
                match piece:
                    case str():
                        yield TextDelta(piece)
                    case BaseException():
                        raise piece
                    case asyncio.Event():
                        await piece.wait()
            yield Finished("stop", 10, 5)
        finally:
            self.closed += 1

    async def structured(
        self, messages: Sequence[Message], *, name: str, schema: dict[str, Any]
    ) -> object:
        answer = self.atoms.popleft() if self.atoms else []
        if isinstance(answer, BaseException):
            raise answer
        return {"atoms": answer}


@dataclass
class FakeMemory:
    """A memory service that keeps what it was given; `faults` are raised, in order."""

    atoms: dict[str, dict[str, Any]] = field(default_factory=dict)
    anchors: list[dict[str, Any]] = field(default_factory=list)
    fed_back: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    rejected: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    faults: dict[str, deque[BaseException]] = field(default_factory=dict)

    def fail(self, call: str, *errors: BaseException) -> None:
        self.faults.setdefault(call, deque()).extend(errors)

    def _maybe_fail(self, call: str) -> None:
        if self.faults.get(call):
            raise self.faults[call].popleft()

    async def create_anchor(self, name: str, *, metadata: dict[str, Any]) -> Anchor:
        await asyncio.sleep(0.01)  # long enough for a second caller to come along
        self._maybe_fail("create_anchor")
        anchor_id = f"anchor-{len(self.anchors) + 1}"
        self.anchors.append({"id": anchor_id, "name": name, **metadata})
        return Anchor(anchor_id, name, "chat-log", metadata)

    async def store_atom(
        self,
        anchor_id: str,
        content: str,
        *,
        source_type: str,
        metadata: dict[str, Any],
    ) -> StoredAtoms:
        self._maybe_fail("store_atom")
        ref = str(metadata["client_ref"])
        atom_id = f"{anchor_id}/{ref}"
        self.atoms[atom_id] = {"anchor": anchor_id, "content": content, **metadata}
        return StoredAtoms((atom_id,), 1)

    async def delete_atom(self, atom_id: str) -> None:
        self._maybe_fail("delete_atom")
        del self.atoms[atom_id]

    async def recall(
        self,
        anchor_id: str,
        query: str,
        *,
        limit: int = 8,
        timeout: float | None = None,
    ) -> Recall:
        self._maybe_fail("recall")
        self.recalled.append(anchor_id)
        found = [
            RecalledItem(atom_id, atom["content"], 0.9)
            for atom_id, atom in self.atoms.items()
            if atom["anchor"] == anchor_id
        ]
        return Recall(tuple(found[:limit]), f"session-{len(self.recalled)}")

    async def feedback(
        self, session_id: str, used_memory_atom_ids: Sequence[str], *, success: bool
    ) -> None:
        self._maybe_fail("feedback")
        told = self.fed_back if success else self.rejected
        told.append((session_id, tuple(used_memory_atom_ids)))


BROKEN_JSON = ModelProtocolError("no JSON", user_message="The model answered nonsense.")
