"""A memory service that remembers every call it ever accepted, in the documented API.

As plain as the documentation: nothing tells it that a call is a repeat, so whatever the
site sends twice is there twice, and shows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from tests.fakes.maas import FakeMaas, error
from tests.fakes.server import CUT, Answer, Asked


class RecordingMaas(FakeMaas):
    """`stored` counts contents, `fed_back` feedback calls by recall session.

    `cut_after`: calls of these paths are carried out, and then the connection breaks
    before the answer: the unknown outcome. It counts down.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stored: Counter[str] = Counter()
        self.fed_back: Counter[str] = Counter()
        self.order: list[str] = []
        self.cut_after: Counter[str] = Counter()
        self._of_anchor: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._everything = self.atoms

    def answer(self, asked: Asked) -> Answer:
        """As documented; or done, and never told."""
        answer = super().answer(asked)
        if self.cut_after[asked.path] > 0:
            self.cut_after[asked.path] -= 1
            return Answer(silent=True, parts=(CUT,))
        return answer

    def reset(self) -> None:
        """Answer well from now on."""
        super().reset()
        self.cut_after.clear()

    def _store_atom(self, body: dict[str, Any]) -> Answer:
        answer = super()._store_atom(body)
        if answer.status == 200:
            told: Any = answer.body
            self._of_anchor[body["anchor_id"]][told["atom_ids"][0]] = body
            self.stored[body["content"]] += 1
            self.order.append(body["content"])
        return answer

    def _recall(self, body: dict[str, Any]) -> Answer:
        # Only this anchor's: with thousands of atoms the plain way takes too long.
        self.atoms = self._of_anchor[body["anchor_id"]]
        try:
            return super()._recall(body)
        finally:
            self.atoms = self._everything

    def _feedback(self, body: dict[str, Any]) -> Answer:
        answer = super()._feedback(body)
        if answer.status == 200:
            self.fed_back[body["session_id"]] += 1
        return answer


def busy(retry_after: str = "") -> Answer:
    """429, with or without a `Retry-After`."""
    return error(429, retry_after=retry_after)
