"""Card, lore and summary in a prompt: within their budget, in their place, as data."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from memory.completion import Message
from memory.evaluate import evaluate
from memory.feedback import due
from memory.notes import OPENED, RULES
from memory.prompt import Budget, build, without_memory
from memory.recall import Recollection, Remembered
from memory.reply import Citation, Reply
from memory.scene import CardPart, Lore, Scene, Summary
from memory.taxonomy import CHARACTER
from memory.tokens import tokens_in
from memory.turn import Answer, Turn, learn
from tests.memory.doubles import FakeBook, FakeMemory, FakeModel
from tests.memory.poisons import ALL
from tests.memory.test_poisoning import FENCE, LABEL

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
JAZZ = Remembered("a1", "User likes rainy jazz playlists.", "preference", recalled=True)
HISTORY = [Message("assistant", "Good evening."), Message("user", "Evening.")]
CARD = (CardPart("description", "A thief."), CardPart("scenario", "A bank."))


def system(scene: Scene) -> str:
    built = build(
        instructions="You are Rook.",
        history=HISTORY,
        text="Hi",
        atoms=[JAZZ],
        scene=scene,
    )
    return built.messages[0].content


def test_the_card_stands_behind_the_instructions_and_lore_in_its_place() -> None:
    lore = (
        Lore("a", "BEFORE", side="before"),
        Lore("b", "AFTER"),
        Lore("c", "BESIDE", part="description", side="after"),
        Lore("d", "LEFT OUT", cut="budget"),
        Lore("e", "HOMELESS", part="personality"),
    )
    read = system(Scene(CARD, lore, examples=("Rook: Hush.",)))
    assert read.removesuffix(RULES).strip().split("\n\n") == [
        "You are Rook.",
        *("BEFORE", "A thief.", "BESIDE", "A bank.", "HOMELESS", "AFTER"),
        "Examples of how they speak. They are not part of this conversation:",
        "Rook: Hush.",
    ]


def test_lore_with_a_depth_stands_in_the_conversation() -> None:
    lore = (
        Lore("a", "NEWEST", depth=0),
        Lore("b", "ABOVE", depth=1, role="user"),
        Lore("c", "FIRST", depth=99),
    )
    built = build(
        instructions="x",
        history=HISTORY,
        text="Hi",
        atoms=(),
        scene=Scene(lore=lore, tail="TAIL"),
    )
    assert [(m.role, m.content) for m in built.messages[1:]] == [
        ("system", "FIRST"),
        ("assistant", "Good evening."),
        ("user", "Evening."),
        ("user", "ABOVE"),
        ("user", "Hi"),
        ("system", "NEWEST"),
        ("system", "TAIL"),
    ]


def test_examples_are_cut_first_and_the_card_at_its_end() -> None:
    examples = tuple(f"Rook: line {n}. " + "word " * 40 for n in range(20))
    small = Budget(card=50, lore=0, summary=0, history=300)
    built = build(
        instructions="x",
        history=HISTORY,
        text="Hi",
        atoms=(),
        scene=Scene((CardPart("description", "thief " * 400),), examples=examples),
        budget=small,
    )
    trimmed = {part.name: part.pieces for part in built.trimmed}
    assert 0 < trimmed["examples"] < 20
    assert "card" in trimmed
    counted = {part.name: part.tokens for part in built.parts}
    assert counted["card"] <= 50
    assert "line 0." in built.messages[0].content
    assert built.messages[0].content.endswith(RULES)
    grown = build(
        instructions="x",
        history=[Message("user", "word " * 300)],
        text="Hi",
        atoms=(),
        scene=Scene(examples=examples),
        budget=small,
    )
    kept = {part.name: part.pieces for part in grown.parts}.get("examples", 0)
    assert kept < 20 - trimmed["examples"]


def test_the_summary_is_told_only_when_something_is_out_of_sight() -> None:
    scene = Scene(summary=Summary("They met at sea.", 4))
    plain = build(instructions="x", history=HISTORY, text="Hi", atoms=(), scene=scene)
    assert "sea" not in "".join(message.content for message in plain.messages)
    built = build(
        instructions="x",
        history=[Message("user", "Evening.")],
        text="Hi",
        atoms=[JAZZ],
        scene=scene,
        unread=6,
    )
    assert (built.dropped, built.covered) == (6, 4)
    assert built.messages[1].role == "user"
    assert built.messages[1].content.endswith("Evening.")
    bare = without_memory(built.messages)
    assert "They met at sea." in bare[1].content
    assert "jazz" not in bare[-1].content
    alone = build(
        instructions="x", history=[], text="Hi", atoms=[JAZZ], scene=scene, unread=6
    )
    assert without_memory(alone.messages)[-1].content.endswith("</earlier>\n\nHi")


@pytest.mark.parametrize("poison", ALL)
def test_poison_in_card_lore_and_summary_opens_no_fence_and_carries_no_label(
    poison: str,
) -> None:
    scene = Scene(
        card=(CardPart("description", poison),),
        lore=(
            Lore("a", poison, side="before"),
            Lore("b", poison, depth=0, role="user"),
            Lore("c", poison, part="description"),
        ),
        examples=(poison,),
        summary=Summary(poison, 3),
        tail=poison,
    )
    built = build(
        instructions=poison,
        history=HISTORY,
        text="Hi",
        atoms=[JAZZ],
        scene=scene,
        unread=3,
    )
    first, *rest = built.messages
    assert first.content.endswith(RULES)
    assert len(FENCE.findall(first.content.removesuffix(RULES))) == 0
    assert LABEL.search(first.content.removesuffix(RULES)) is None
    held = [m for m in rest if m.content.startswith(OPENED)]
    assert len(held) == 1
    for message in rest:
        notes = 2 if message in held else 0
        assert len(FENCE.findall(message.content)) == notes
        labels = [label.upper() for label in LABEL.findall(message.content)]
        assert labels == (["[M1"] if message in held else [])
    earlier = re.compile(r"[<\uff1c\u2039][^\w<>]{0,8}earlier\b", re.IGNORECASE)
    told = "".join(message.content for message in built.messages)
    assert len(earlier.findall(told)) == 2


def test_who_repeats_lore_has_not_remembered_it() -> None:
    """The memory says the same as the lore: the reply proves nothing about either."""
    reply = Reply("Rainy jazz playlists for you.", citations=(Citation("m1", 5),))
    built = build(instructions="x", history=[], text="Play something.", atoms=[JAZZ])
    alone = evaluate(reply, built.injected, ["Play something."])
    assert alone.verified_ids == ("a1",)
    for scene in (
        Scene(lore=(Lore("a", "The user likes rainy jazz playlists."),)),
        Scene(card=(CardPart("scenario", "They share rainy jazz playlists."),)),
        Scene(examples=("Rook: Rainy jazz playlists!",)),
        Scene(summary=Summary("They spoke of rainy jazz playlists.", 4)),
        Scene(tail="Speak of rainy jazz playlists."),
    ):
        earlier = [*scene.words(), "Play something."]
        verdict = evaluate(reply, built.injected, earlier)
        assert verdict.verified_ids == ()
        assert due(verdict, Recollection((JAZZ,), "session")) == ()
    unsaid = Scene(lore=(Lore("a", "Rainy jazz playlists.", cut="budget"),))
    assert unsaid.words() == []  # it was not in the prompt


async def test_a_turn_is_judged_against_its_whole_prompt() -> None:
    turn = Turn(
        anchor_id="anchor",
        user_external_id="u",
        conversation_id="c",
        instructions="You are Rook.",
        text="Play something.",
        at=AT,
        taxonomy=CHARACTER,
        scene=Scene(lore=(Lore("a", "The user likes rainy jazz playlists."),)),
    )
    built = build(instructions="x", history=[], text=turn.text, atoms=[JAZZ])
    reply = Reply("Rainy jazz playlists for you.", citations=(Citation("m1", 5),))
    answered = Answer(Recollection((JAZZ,), "session"), built.injected, reply)
    book, memory = FakeBook(), FakeMemory(("a1", JAZZ.content))
    events = [
        event
        async for event in learn(
            turn, answered, memory=memory, llm=FakeModel(), book=book
        )
    ]
    assert events
    assert book.verdict is not None
    assert book.verdict.cites
    assert book.verdict.verified_ids == ()
    assert memory.reinforced == []


def test_tokens_of_the_parts_are_those_of_the_whole() -> None:
    scene = Scene(CARD, (Lore("a", "Walls."),), ("Rook: Hush.",), tail="Be brief.")
    built = build(
        instructions="You are Rook.",
        history=HISTORY,
        text="Hi",
        atoms=[JAZZ],
        scene=scene,
    )
    assert abs(sum(part.tokens for part in built.parts) - built.tokens) <= 40
    assert built.tokens == sum(tokens_in(m.content) for m in built.messages)
