"""What is stored is what the evidence replays to, whatever the evidence was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tutor.learner.pieces import BEGIN, CONCEPT, ERROR
from tutor.learner.evidence import GRADED, Kind, Piece
from tutor.learner.mastery import DISTANCE
from tutor.learner.replay import Replay, replayed
from tutor.learner.rules import GATE
from tutor.learner.state import state_after, state_of

PIECES = st.lists(
    st.builds(
        Piece,
        id=st.just(0),
        concept=st.sampled_from([CONCEPT, "cidr"]),
        kind=st.sampled_from(list(Kind)),
        at=st.integers(0, 60 * 24 * 40).map(lambda m: BEGIN + timedelta(minutes=m)),
        ok=st.sampled_from([True, False, None]),
        hints=st.integers(0, 4),
        item=st.sampled_from(["", "a", "b", "c", "d", "e"]),
        misconception=st.sampled_from(["", ERROR]),
        exposes=st.sampled_from([(), (ERROR,), (ERROR, "other")]),
        text=st.sampled_from(["", "worked-example", "learning_style/picture"]),
        quote=st.sampled_from(["", "256 hosts"]),
    ),
    max_size=40,
).map(lambda pieces: [numbered(p, n) for n, p in enumerate(pieces, start=1)])
NOW = BEGIN + timedelta(days=60)


def numbered(piece: Piece, number: int) -> Piece:
    return Piece(**{**vars(piece), "id": number})


@given(PIECES)
@settings(max_examples=150, deadline=None)
def test_one_after_the_other_is_the_same_as_all_at_once(pieces: list[Piece]) -> None:
    """Check 15."""
    replay = Replay()
    for piece in sorted(pieces, key=lambda one: (one.at, one.id)):
        replay.take(piece)
    said = {piece.id: piece for piece in pieces}
    assert state_after(replay, said, NOW) == state_of(reversed(pieces), NOW)


@given(PIECES)
@settings(max_examples=150, deadline=None)
def test_every_number_stays_within_its_bounds(pieces: list[Piece]) -> None:
    state = state_of(pieces, NOW)
    for one in state.concepts.values():
        assert 0 < one.mean < 1
        assert -1e-9 <= one.confidence < 1
        assert 0 <= one.knowledge <= one.mean
        assert 0 <= one.claim <= one.knowledge + 1e-9
    for belief in state.misconceptions.values():
        assert 0 < belief.c < 1
        assert set(belief.evidence) <= {piece.id for piece in pieces}


@given(PIECES)
@settings(max_examples=150, deadline=None)
def test_the_gate_opens_only_by_delayed_unaided_graded_answers(
    pieces: list[Piece],
) -> None:
    for slug, mastery in replayed(pieces).mastery.items():
        if mastery.opened_at is None:
            continue
        alone = [
            piece.at
            for piece in pieces
            if piece.concept == slug and piece.kind in GRADED
            if piece.ok and piece.hints == 0
        ]
        assert mastery.opened_at in alone
        assert mastery.opened_at - min(alone) >= DISTANCE
        if mastery.is_open:
            assert mastery.beta.cautious >= GATE


@pytest.mark.parametrize("kind", [Kind.ASSERTED, Kind.GOAL, Kind.APPROACH, Kind.STUCK])
def test_talk_moves_no_mastery(kind: Kind) -> None:
    graded = [
        Piece(n, CONCEPT, Kind.OPEN, BEGIN + timedelta(days=n), ok=True, item=f"{n}")
        for n in range(1, 4)
    ]
    talk = Piece(9, CONCEPT, kind, BEGIN + timedelta(days=4), ok=True, text="x")
    before, after = state_of(graded, NOW), state_of([*graded, talk], NOW)
    assert before.concept(CONCEPT).mean == after.concept(CONCEPT).mean


def test_an_approach_has_helped_only_after_the_next_unaided_answer() -> None:
    """Check 26."""

    def tried(hints: int, *, ok: bool) -> tuple[int, int]:
        at = BEGIN + timedelta(minutes=5)
        pieces = [
            Piece(1, CONCEPT, Kind.APPROACH, BEGIN, text="picture"),
            Piece(2, CONCEPT, Kind.OPEN, at, ok=ok, hints=hints, item="a"),
        ]
        found = state_of(pieces, NOW).approaches
        return (found[0].helped, found[0].not_helped) if found else (0, 0)

    assert tried(0, ok=True) == (1, 0)
    assert tried(1, ok=True) == (0, 0)
    assert tried(0, ok=False) == (0, 1)


def test_what_has_not_helped_twice_is_not_chosen_for_that_concept() -> None:
    """Check 26."""
    pieces = []
    for day in (1, 3):
        at = BEGIN + timedelta(days=day)
        pieces.append(Piece(day, CONCEPT, Kind.APPROACH, at, text="analogy"))
        pieces.append(
            Piece(day + 1, CONCEPT, Kind.OPEN, at, ok=False, item=f"item-{day}")
        )
    state = state_of(pieces, NOW)
    assert state.avoided(CONCEPT) == {"analogy"}
    assert not state.avoided("cidr")
