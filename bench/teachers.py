"""Three ways to teach the same simulated learners: what is asked next, what is believed.

The tutor's own policy and learner model; a fixed order, in which what was worked
through counts as known; and the rule "last three right". The last two believe an error
held when the latest answer to an item that exposes it showed it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection
from datetime import datetime
from itertools import cycle
from typing import Protocol

from bench.simulated_learners import Answer
from tutor.content.course import CourseContent, Item
from tutor.learner.evidence import Kind, Piece
from tutor.learner.replay import Replay
from tutor.learner.state import LearnerState, state_after
from tutor.lessons.policy import Asked, Situation, next_step
from tutor.models.lesson import Purpose, QuestionState


class Teacher(Protocol):
    """Chooses questions, sees answers, and believes something."""

    name: str

    def begin(self, now: datetime) -> None:
        """A lesson begins."""

    def ask(self, now: datetime) -> Item | None:
        """The next question; None when there is nothing to ask today."""

    def see(self, item: Item, answer: Answer, hints: int, now: datetime) -> None:
        """One answer, after so many hints."""

    def show(self, item: Item, now: datetime) -> None:
        """The answer was shown."""

    def known(self, now: datetime) -> Collection[str]:
        """Concepts believed to be known."""

    def held(self, now: datetime) -> Collection[str]:
        """Misconceptions believed to be held."""


class Tutor:
    """Ours."""

    name = "tutor"

    def __init__(self, content: CourseContent) -> None:
        self._content = content
        self._replay = Replay()
        self._said: dict[int, Piece] = {}
        self._asked: list[Asked] = []
        self._began: datetime | None = None

    def begin(self, now: datetime) -> None:
        """What was asked in earlier lessons is not of this one any more."""
        self._asked = [
            Asked(q.item, q.concept, q.purpose, q.state, q.at, q.unaided, False)
            for q in self._asked
        ]

    def ask(self, now: datetime) -> Item | None:
        """By the policy of lessons."""
        at = Situation(self._content, self.state(now), self._asked, now)
        step = next_step(at)
        return self._content.items[step.item] if step else None

    def see(self, item: Item, answer: Answer, hints: int, now: datetime) -> None:
        """As the practice card takes an answer in."""
        kind = Kind.CHOICE if item.kind == "choice" else Kind.OPEN
        self._take(
            Piece(
                id=len(self._said) + 1,
                concept=item.concept,
                kind=kind,
                at=now,
                ok=answer.right,
                hints=hints,
                item=item.slug,
                misconception=answer.misconception,
                exposes=tuple(sorted(item.exposes)),
            )
        )
        self._note(item, now, unaided=answer.right and hints == 0)

    def show(self, item: Item, now: datetime) -> None:
        """As the page does at the end of a ladder."""
        number = len(self._said) + 1
        self._take(Piece(number, item.concept, Kind.REVEALED, now, item=item.slug))

    def known(self, now: datetime) -> Collection[str]:
        """Whose gate is open."""
        return {slug for slug, c in self.state(now).concepts.items() if c.mastered}

    def held(self, now: datetime) -> Collection[str]:
        """Which are active."""
        return {one.slug for one in self.state(now).active()}

    def state(self, now: datetime) -> LearnerState:
        """What is believed now."""
        return state_after(self._replay, self._said, now)

    @property
    def seen(self) -> list[Piece]:
        """All evidence so far, in the order of time."""
        return list(self._said.values())

    def _take(self, piece: Piece) -> None:
        self._said[piece.id] = piece
        self._replay.take(piece)

    def _note(self, item: Item, now: datetime, *, unaided: bool) -> None:
        if self._asked and self._asked[-1].item == item.slug and self._asked[-1].here:
            return  # another attempt at the same question
        self._asked.append(
            Asked(
                *(item.slug, item.concept, Purpose.PRACTICE),
                QuestionState.RIGHT,
                *(now, unaided, True),
            )
        )


class _LatestError:
    """Believes an error held while the latest answer that could show it did."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    def begin(self, now: datetime) -> None:
        """Nothing to prepare."""

    def see(self, item: Item, answer: Answer, hints: int, now: datetime) -> None:
        """The latest word counts."""
        if answer.right:
            self._held -= item.exposes
        elif answer.misconception:
            self._held.add(answer.misconception)

    def show(self, item: Item, now: datetime) -> None:
        """Says nothing."""

    def held(self, now: datetime) -> Collection[str]:
        """Those."""
        return self._held


class FixedOrder(_LatestError):
    """Every item of every concept in the course's order, and again from the start."""

    name = "fixed order"

    def __init__(self, content: CourseContent) -> None:
        super().__init__()
        order = [i for c in content.in_order() for i in content.items_of(c.slug)]
        self._order = cycle(order)
        self._left = {
            c: {i.slug for i in order if i.concept == c} for c in content.concepts
        }

    def ask(self, now: datetime) -> Item | None:
        """The next in line."""
        return next(self._order)

    def see(self, item: Item, answer: Answer, hints: int, now: datetime) -> None:
        """It is done, right or not."""
        super().see(item, answer, hints, now)
        self._left[item.concept].discard(item.slug)

    def known(self, now: datetime) -> Collection[str]:
        """What was worked through."""
        return {concept for concept, left in self._left.items() if not left}


class LastThree(_LatestError):
    """The first concept whose last three first attempts were not all right."""

    name = "last three right"

    def __init__(self, content: CourseContent) -> None:
        super().__init__()
        self._order = [c.slug for c in content.in_order()]
        self._items = {c: cycle(content.items_of(c)) for c in self._order}
        self._last: defaultdict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=3))
        self._open = ""

    def ask(self, now: datetime) -> Item | None:
        """From the first concept that is not known."""
        known = self.known(now)
        self._open = ""
        concept = next((c for c in self._order if c not in known), None)
        return next(self._items[concept]) if concept else None

    def see(self, item: Item, answer: Answer, hints: int, now: datetime) -> None:
        """First attempts count."""
        super().see(item, answer, hints, now)
        if self._open != item.slug:
            self._last[item.concept].append(answer.right)
        self._open = item.slug

    def known(self, now: datetime) -> Collection[str]:
        """Three right in a row, at the end."""
        return {
            c for c in self._order if len(self._last[c]) == 3 and all(self._last[c])
        }
