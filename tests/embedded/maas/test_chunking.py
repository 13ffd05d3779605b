"""Long texts in parts."""

from __future__ import annotations

from channels.db import database_sync_to_async as in_db

from embedded.maas.chunking import PART_CHARACTERS, parts_of
from embedded.maas.models import Atom
from tests.embedded.maas.caller import Caller


def test_a_short_text_is_one_part() -> None:
    assert parts_of(" User likes tea. ") == ["User likes tea."]


def test_parts_end_at_sentences_and_lose_no_word() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(300))
    parts = parts_of(text)
    assert len(parts) > 3
    assert all(len(part) <= PART_CHARACTERS and part.endswith(".") for part in parts)
    assert " ".join(parts) == text


def test_a_text_without_an_end_is_cut_between_words_or_anywhere() -> None:
    assert all(len(p) <= PART_CHARACTERS for p in parts_of("word " * 5_000))
    assert "".join(parts_of("x" * 5_000)) == "x" * 5_000


def test_nothing_has_no_parts() -> None:
    assert parts_of(" \n ") == []


async def test_chunking_stores_one_atom_a_part_and_once(acme: Caller) -> None:
    anchor = await acme.anchor()
    body = {
        "anchor_id": anchor,
        "content": "Founders like calm dashboards. " * 1_000,
        "source_type": "prd",
        "metadata": {"client_ref": "brief-1"},
        "chunking": {"enabled": True},
    }
    first = (await acme.post("/v1/atoms", body)).json()
    again = (await acme.post("/v1/atoms", body)).json()
    assert first == again
    assert first["stored_count"] == len(first["atom_ids"]) > 10
    assert await in_db(Atom.objects.count)() == first["stored_count"]
