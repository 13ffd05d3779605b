"""Which keys may do what, and how they are written."""

from __future__ import annotations

import pytest

from chatapp.accounts import shortcuts
from chatapp.accounts.shortcuts import SHORTCUTS, Refused, bound, named, rebound


def test_the_first_keys_are_all_allowed_and_all_different() -> None:
    for action, shortcut in SHORTCUTS.items():
        assert rebound({}, action, shortcut.keys) == {}
    keys = [shortcut.keys for shortcut in SHORTCUTS.values()]
    assert len(set(keys)) == len(keys)


def test_only_what_differs_is_kept() -> None:
    chosen = rebound({}, "memory", "Mod+Shift+m")
    assert chosen == {"memory": "Mod+Shift+m"}
    assert bound(chosen)["memory"] == "Mod+Shift+m"
    assert rebound(chosen, "memory", SHORTCUTS["memory"].keys) == {}


def test_keys_that_are_taken_are_refused_and_named() -> None:
    with pytest.raises(Refused, match=r"K is taken: it does “Message above”"):
        rebound({}, "memory", SHORTCUTS["up"].keys)


def test_keys_that_were_given_up_are_free() -> None:
    now = bound(rebound(rebound({}, "up", shortcuts.OFF), "memory", "k"))
    assert (now["up"], now["memory"]) == ("", "k")


def test_two_shortcuts_may_be_off() -> None:
    chosen = rebound(rebound({}, "up", ""), "down", "")
    assert chosen == {"up": "", "down": ""}


def test_a_first_key_that_another_took_meanwhile_does_not_come_back() -> None:
    chosen = rebound(rebound({}, "up", "x"), "memory", "k")
    with pytest.raises(Refused, match="is taken"):
        rebound(chosen, "up", "k")


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("Mod+c", "belongs to the browser"),
        ("Mod+Enter", "belongs to the browser"),
        ("F5", "belongs to the browser"),
        ("Enter", "has the focus"),
        ("Shift+Space", "has the focus"),
        ("Escape", "can not be used"),
        ("Tab", "can not be used"),
        ("K", "can not be used"),
        ("Shift+Mod+k", "can not be used"),
        ("k j", "can not be used"),
        ("<script>", "can not be used"),
        ("Mod+", "can not be used"),
    ],
)
def test_keys_that_belong_to_others_are_refused(keys: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        rebound({}, "memory", keys)


@pytest.mark.parametrize("keys", ["x", "Shift+x", "Space", "?", "Backspace"])
def test_the_box_keeps_the_keys_that_write(keys: str) -> None:
    with pytest.raises(Refused, match="writes"):
        rebound({"help": ""}, "send", keys)


@pytest.mark.parametrize("keys", ["Mod+Enter", "Shift+Enter", "Alt+Enter", "F2"])
def test_a_message_may_be_sent_by_other_keys(keys: str) -> None:
    assert rebound({}, "send", keys) == {"send": keys}


def test_an_unknown_shortcut_is_an_error() -> None:
    with pytest.raises(KeyError):
        rebound({}, "nothing", "x")


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("Mod+Shift+k", "Ctrl+Shift+K"),
        ("Mod++", "Ctrl++"),
        ("?", "?"),
        ("Alt+ArrowUp", "Alt+↑"),
        ("Ctrl+F2", "Ctrl+F2"),
    ],
)
def test_keys_have_names(keys: str, shown: str) -> None:
    assert named(keys) == shown


def test_a_page_is_told_every_action_with_its_keys() -> None:
    told = shortcuts.on_page({"memory": "="})
    pairs = dict(pair.split("=", 1) for pair in told.split(" "))
    assert pairs == bound({}) | {"memory": "="}
