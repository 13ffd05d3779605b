"""Which entries of a lorebook come into a prompt, by the text of the card formats."""

from __future__ import annotations

from typing import Any

import pytest

from chatapp.characters.lore.book import Book, read_book
from chatapp.characters.lore.firing import (
    Finding,
    Lorebooks,
    Situation,
    Spoken,
    placed,
)
from chatapp.characters.macros import Cast

CAST = Cast("Ailsa", "Max")
PLENTY = 10_000


def entry(*keys: str, content: str = "It is so.", **more: Any) -> dict[str, Any]:
    return {
        "keys": list(keys),
        "content": content,
        "enabled": True,
        "insertion_order": 100,
        "extensions": {},
        **more,
    }


def book(*entries: dict[str, Any], own: bool = True, **more: Any) -> Book:
    return read_book({"entries": list(entries), **more}, is_own=own)


def look(
    *books: Book,
    said: str | list[str] = "",
    budget: int = PLENTY,
    greeting: int | None = 0,
) -> list[Finding]:
    """`said` with the newest last; the person says every second of it, and the last."""
    texts = [said] if isinstance(said, str) else said
    spoken = [
        Spoken(text, is_reply=distance % 2 == 1)
        for distance, text in enumerate(reversed(texts))
    ]
    replies = sum(each.is_reply for each in spoken)
    return Lorebooks(books, CAST).findings(
        Situation(spoken, replies, greeting), budget=budget
    )


def only(findings: list[Finding]) -> Finding:
    (found,) = findings
    return found


def names(findings: list[Finding]) -> list[str]:
    return [finding.entry.name for finding in placed(findings)]


def test_an_entry_comes_in_by_one_of_its_keys() -> None:
    found = only(look(book(entry("dragon", "wyrm")), said="The dragon sleeps."))
    assert (found.fate, found.why, found.detail) == ("in", "key", "dragon")
    assert only(look(book(entry("dragon")), said="A cat.")).why == "no key"


@pytest.mark.parametrize(
    ("key", "said", "comes"),
    [
        ("cat", "concatenate", False),
        ("cat", "Cats!", True),
        ("glass", "glasses", True),
        ("elf queen", "the Elf   Queens of old", True),
        ("elf queen", "the elf-queen", True),
        ("elf queen", "an elf saw a queen", False),
        ("St. John's", "at St. John's today", True),
        ("C++", "I write C++.", True),
        ("C++", "I write C.", False),
        ("용", "검은 용이 왔다", True),
        ("龍", "黒龍が来た", True),
        ("Ｄｒａｇｏｎ", "dragon", True),
        ("/drag[oa]n/i", "DRAGAN", True),
        ("/drag[oa]n/", "DRAGAN", False),
        ("/(unclosed/i", "unclosed", False),
        ("/a{1000}{1000}/", "aaaa", False),
        ("/usr/bin", "look in /usr/bin now", True),
        ("{{user}}", "I am Max.", True),
    ],
    ids=str,
)
def test_a_key_is_a_word_or_a_pattern(key: str, said: str, comes: bool) -> None:
    assert (only(look(book(entry(key)), said=said)).fate == "in") is comes


def test_use_regex_on_plain_words_does_not_break_a_book_of_sillytavern() -> None:
    """SillyTavern writes it on every entry; V3 would have them ignore the rest."""
    made = entry(
        "cat", use_regex=True, selective=True, secondary_keys=["black"], constant=False
    )
    assert only(look(book(made), said="a cat")).why == "no secondary key"
    assert only(look(book(made), said="a black cat")).detail == "cat + black"
    always = entry("cat", use_regex=True, constant=True)
    assert only(look(book(always))).why == "constant"


def test_secondary_keys_may_be_one_text_with_commas() -> None:
    made = entry("cat", selective=True, secondary_keys="white, black")
    assert only(look(book(made), said="a black cat")).fate == "in"


def test_the_case_counts_where_the_entry_says_so() -> None:
    made = book(entry("Rose", case_sensitive=True))
    assert only(look(made, said="the Rose")).fate == "in"
    assert only(look(made, said="a rose")).fate == "quiet"
    assert only(look(made, said="Rosemary")).fate == "quiet"


def test_an_entry_that_is_off_or_empty_never_comes() -> None:
    off = entry("a", constant=True, enabled=False, content="@@activate\nx")
    assert only(look(book(off), said="a")).fate == "off"
    assert only(look(book(entry("a", content=" {{// x}} ")), said="a")).why == "empty"


def test_only_so_many_messages_are_read() -> None:
    said = ["dragon", "b", "c"]
    assert only(look(book(entry("dragon"), scan_depth=3), said=said)).fate == "in"
    assert only(look(book(entry("dragon"), scan_depth=2), said=said)).fate == "quiet"
    deeper = entry("dragon", content="@@scan_depth 3\nx")
    assert only(look(book(deeper, scan_depth=1), said=said)).fate == "in"


def test_what_is_hidden_in_a_message_triggers_nothing() -> None:
    said = "{{hidden_key:dragon}} {{// dragon}} {{comment:dragon}}"
    assert only(look(book(entry("dragon")), said=said)).fate == "quiet"


def test_recursion_only_where_the_book_asks_for_it_and_it_ends() -> None:
    chain = [entry(f"k{n}x", content=f"k{n + 1}x", name=f"{n}") for n in range(12)]
    assert names(look(book(*chain), said="k0x")) == ["0"]
    found = look(book(*chain, recursive_scanning=True), said="k0x")
    assert names(found) == ["0", "1", "2", "3", "4"]
    assert found[1].why == "recursion"
    ring = [entry("a", content="b"), entry("b", content="a")]
    assert len(placed(look(book(*ring, recursive_scanning=True), said="a"))) == 2
    hidden = [entry("a", content="{{hidden_key:b}}x"), entry("b", content="y")]
    assert len(placed(look(book(*hidden, recursive_scanning=True), said="a"))) == 2


def test_over_the_budget_the_lowest_priority_goes_first_then_the_lowest_order() -> None:
    text = "word " * 20
    made = [
        entry("a", content=text, name="low", priority=1, insertion_order=9),
        entry("a", content=text, name="high", priority=5, insertion_order=1),
        entry(content=text, name="always", constant=True, priority=3),
    ]
    found = look(book(*made, token_budget=60), said="a")
    assert names(found) == ["high", "always"]
    assert [(f.entry.name, f.why) for f in found if f.fate == "cut"] == [
        ("low", "book budget")
    ]
    assert names(look(book(*made), said="a", budget=30)) == ["high"]


def test_entries_stand_in_their_order_and_the_characters_before_ones_own() -> None:
    own = book(entry("a", name="second", insertion_order=5), entry("a", name="last"))
    mine = book(
        entry("a", name="first", insertion_order=1),
        entry("a", name="third", insertion_order=5),
        own=False,
    )
    found = look(own, mine, said="a")
    assert names(found) == ["first", "second", "third", "last"]
    text = "word " * 20
    own, mine = (
        book(entry("a", content=text, name="own")),
        book(entry("a", content=text, name="mine"), own=False),
    )
    assert names(look(own, mine, said="a", budget=30)) == ["own"]


def test_decorators_say_when_an_entry_comes() -> None:
    def why(decorators: str, said: list[str], greeting: int = 0) -> str:
        made = book(entry("dragon", content=f"{decorators}\nIt is so."))
        found = only(look(made, said=said, greeting=greeting))
        return "in" if found.fate == "in" else found.why

    said = ["dragon", "reply", "dragon"]
    assert why("@@activate_only_after 2", said) == "too early"
    assert why("@@activate_only_after 1", said) == "in"
    assert why("@@activate_only_every 2", said) == "not this time"
    assert why("@@is_greeting 1", said) == "other greeting"
    assert why("@@is_greeting 1", said, greeting=1) == "in"
    assert why("@@dont_activate_after_match", said) == "only once"
    assert why("@@dont_activate_after_match", ["dragon"]) == "in"
    far = ["dragon", *["x"] * 8]
    assert why("", far) == "no key"
    assert why("@@keep_activate_after_match", far) == "in"
    assert why("@@additional_keys fire, smoke", said) == "no additional key"
    assert why("@@additional_keys fire", ["fire", "x", "dragon"]) == "in"
    assert why("@@exclude_keys reply", said) == "excluded"
    assert why("@@dont_activate", said) == "not activated"
    assert why("@@dont_activate\n@@activate", ["x"]) == "in"


def test_keys_that_begin_alike_cost_one_look_each_time() -> None:
    """Two thousand places called "the ...": none is compared with all of the others."""
    made = [entry(f"the place {n}", name=f"{n}") for n in range(2_000)]
    found = look(book(*made), said="the place 7 and the place 1999, the end " * 50)
    assert names(found) == ["7", "1999"]


def test_a_book_of_two_thousand_hostile_patterns_is_bounded() -> None:
    """Not a time, but that what had none says so, and the rest still works."""
    hostile = [entry(f"/(a+)+b{n}$/", f"word{n}") for n in range(2_000)]
    said = ["a" * 8_000 + " word7"] * 4
    found = look(book(*hostile), said=said)
    assert found[7].fate == "in"
    assert {f.why for f in found if f.fate == "quiet"} <= {"no key", "no time"}
