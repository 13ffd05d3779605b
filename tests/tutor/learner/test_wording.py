"""Checks 14 and 20: how an atom of the learner model may sound, whatever was seen."""

from __future__ import annotations

import re

from hypothesis import given, settings

from memory.taxonomy import TUTOR
from tests.tutor.learner.pieces import BEGIN, CONCEPT, ERROR, Told, day
from tests.tutor.learner.test_replay import NOW, PIECES
from tutor.learner.claims import Wanted, wanted
from tutor.learner.evidence import Kind, Piece
from tutor.learner.state import state_of
from tutor.learner.wording import CHARS, Names

NAMES = Names(
    {CONCEPT: "Subnet masks", "cidr": "CIDR " + "notation " * 40},
    {ERROR: "Every address of a block can be a host's. " * 10, "other": "Other."},
)
ABSOLUTE = re.compile(
    r"\b(?:deeply|truly|mastered|master|expert|always|never|loves?|perfect(?:ly)?"
    r"|completely|definitely|certainly|cannot|impossible)\b",
    re.IGNORECASE,
)
HEDGE = re.compile(
    r"\b(?:may|seems?|perhaps|likely|probably|so far|previously|before|to come back)\b",
    re.IGNORECASE,
)


def claims(pieces: list[Piece]) -> list[Wanted]:
    return list(wanted(state_of(pieces, NOW), NAMES))


@given(PIECES)
@settings(max_examples=150, deadline=None)
def test_a_guess_sounds_like_one_and_nothing_sounds_final(pieces: list[Piece]) -> None:
    said = {piece.id: piece for piece in pieces}
    for claim in claims(pieces):
        assert claim.atom_type in TUTOR.by_name
        assert 0 < len(claim.text) <= CHARS
        assert not ABSOLUTE.search(claim.text), claim.text
        assert claim.concept or claim.atom_type == "goal"
        assert claim.evidence
        quotes = {said[number].quote for number in claim.evidence}
        assert claim.quote in {*quotes, ""}
        n = len(claim.evidence)
        if claim.confidence < 0.6 or (n < 2 and claim.atom_type != "goal"):
            assert HEDGE.search(claim.text), claim


def test_what_has_faded_is_spoken_of_with_a_may() -> None:
    told = Told()
    for number in range(4):
        told.right(day(number), quote="254")
    (fresh,) = wanted(state_of(told.pieces, day(4)), NAMES)
    (faded,) = wanted(state_of(told.pieces, day(400)), NAMES)
    assert fresh.text == "Learner can use Subnet masks unaided."
    assert faded.confidence < 0.6
    assert "may still" in faded.text


def test_a_goal_that_was_guessed_is_to_be_asked_about() -> None:
    guess = Piece(1, "", Kind.GOAL, BEGIN, ok=None, text="pass the exam", quote="exam")
    (claim,) = claims([guess])
    assert claim.confidence == 0.4
    assert claim.text.startswith("Perhaps")
