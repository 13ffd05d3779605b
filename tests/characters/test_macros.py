"""Macros in the texts of cards: the V3 set, once, and never an unknown one."""

from __future__ import annotations

import pytest

from chatapp.characters.macros import Cast, expand, unseen, with_hidden_keys

CAST = Cast("Ailsa", "Max")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{{char}} and {{USER}}", "Ailsa and Max"),
        ("<BOT>, <char>, <User>", "Ailsa, Ailsa, Max"),
        ("{{ char }}", "Ailsa"),
        ("a{{// a note }}b{{comment: c}}d{{hidden_key:e}}f", "abdf"),
        ("{{reverse:abc}}{{reverse::abc}}", "cbacba"),
        ("{{random:one}}{{pick::one}}", "oneone"),
        (r"{{random:a\,b}}", "a,b"),
        ("{{roll:1}}{{roll:d1}}", "11"),
        ("{{random:{{char}}}}", "Ailsa"),
        ("{{time}} {{setvar::a::b}} {{roll:many}}", "{{time}} {{setvar::a::b}} {{roll:many}}"),
        ("{{char", "{{char"),
        ("}} {{char}} {{", "}} Ailsa {{"),
        ("{{original}}", "{{original}}"),
        ("no macro, 1 < 2", "no macro, 1 < 2"),
    ],
    ids=str,
)  # fmt: skip
def test_a_macro_is_replaced_and_the_rest_stays(written: str, read: str) -> None:
    assert expand(written, CAST) == read


def test_original_is_what_would_have_been_used() -> None:
    cast = Cast("Ailsa", "Max", original="Be kind.")
    assert expand("{{original}} And brief.", cast) == "Be kind. And brief."


def test_a_name_that_looks_like_a_macro_stays_a_name() -> None:
    assert expand("{{user}}", Cast("Ailsa", "{{char}}")) == "{{char}}"


def test_pick_is_stable_and_random_follows_its_seed() -> None:
    options = ",".join(str(n) for n in range(1000))
    assert expand(f"{{{{pick:{options}}}}}", CAST) == expand(
        f"{{{{pick:{options}}}}}", CAST
    )
    text = f"{{{{random:{options}}}}}"
    found = {expand(text, Cast("A", seed=str(seed))) for seed in range(20)}
    assert len(found) > 1
    assert expand("{{random::a, b::c}}", CAST) in {"a, b", "c"}


@pytest.mark.parametrize(
    "bomb",
    ["{{" * 40_000, "{{" * 20_000 + "}}" * 20_000, "{{random:" * 5_000 + "}}" * 5_000],
    ids=["open", "nested", "random"],
)
def test_braces_without_end_are_text(bomb: str) -> None:
    assert len(expand(bomb, CAST)) <= len(bomb)


def test_a_scan_sees_hidden_keys_only_in_other_entries() -> None:
    text = "Walls. {{hidden_key:castle}}{{// secret}}"
    assert "castle" not in unseen(text)
    assert "castle" in with_hidden_keys(text)
    assert "secret" not in with_hidden_keys(text)
