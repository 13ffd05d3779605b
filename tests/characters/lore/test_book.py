"""Lorebooks as they come: V2, V3, SillyTavern's worlds, and nonsense."""

from __future__ import annotations

from typing import Any

import pytest

from chatapp.characters.lore.book import read_book
from chatapp.characters.lore.decorators import decorated


def test_a_world_of_sillytavern_is_a_book() -> None:
    world = {
        "entries": {
            "0": {
                "key": ["castle"],
                "keysecondary": ["old"],
                "comment": "The castle",
                "content": "Stone.",
                "selective": True,
                "order": 7,
                "position": 0,
                "disable": False,
            },
            "1": {"key": ["x"], "content": "y", "disable": True, "position": 1},
        }
    }
    first, second = read_book(world).entries
    assert (first.name, first.keys, first.secondary) == (
        "The castle",
        ("castle",),
        ("old",),
    )
    assert (first.order, first.position, first.enabled) == (7, "before_char", True)
    assert (second.position, second.enabled) == ("after_char", False)


def test_a_file_of_its_own_is_a_book() -> None:
    file = {
        "spec": "lorebook_v3",
        "data": {"name": "World", "entries": [{"keys": "a, b"}]},
    }
    made = read_book(file)
    assert made.name == "World"
    assert made.entries[0].keys == ("a", "b")


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "x",
        {"entries": None},
        {"entries": [None, 1, {"keys": [None, 1]}]},
        {"entries": [{"keys": ["a"], "insertion_order": 10**400, "priority": "x"}]},
        {
            "entries": [{"keys": ["a"], "insertion_order": float("nan")}],
            "scan_depth": -1,
        },
        {"entries": [{"keys": ["a" * 5_000], "content": {"a": 1}, "extensions": []}]},
    ],
    ids=str,
)
def test_nonsense_reads_as_its_defaults(nonsense: Any) -> None:
    made = read_book(nonsense)
    assert made.scan_depth is None
    assert all(entry.content == "" for entry in made.entries)


@pytest.mark.parametrize(
    ("written", "content", "asks"),
    [
        ("@@depth 4\n@@role user\nHi", "Hi", {"depth": 4, "role": "user"}),
        ("@@depth -3\nHi", "Hi", {"depth": 0}),
        ("@@nonsense 1\n@@depth x\nHi", "Hi", {"depth": None}),
        ("@@unknown\n@@@depth 2\nHi", "Hi", {"depth": 2}),
        ("@@depth 1\n@@@depth 2\nHi", "Hi", {"depth": 1}),
        ("@@a\n@@@b\n@@@c\n@@@d\n@@@depth 6\nHi", "Hi", {"depth": 6}),
        ("@@depth 1\n@@depth 2\nHi", "Hi", {"depth": 1}),
        (
            "@@additional_keys a, b\n@@additional_keys c\nHi",
            "Hi",
            {"additional_keys": (("a", "b"), ("c",))},
        ),
        ("@@position after_desc\n@@position nowhere\nHi", "Hi", {"position": "after_desc"}),
        ("Hi\n@@depth 4", "Hi\n@@depth 4", {"depth": None}),
        ("@@activate", "", {"activate": True}),
    ],
    ids=str,
)  # fmt: skip
def test_decorators_are_read_and_taken_out(
    written: str, content: str, asks: dict[str, object]
) -> None:
    found, rest = decorated(written)
    assert rest == content
    assert {name: getattr(found, name) for name in asks} == asks
