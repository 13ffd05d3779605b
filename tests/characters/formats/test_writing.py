"""What is written opens in a reader that knows only the specifications' texts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from chatapp.characters.formats import backfill, writing
from chatapp.characters.formats.reading import Brought, BroughtBook, read
from tests.characters.formats import card_files as files
from tests.characters.formats import spec_reader

NOW = 1_790_000_000
CARD = writing.v3(files.V3_DATA, {"around": {"kept": True}}, now=NOW)


def again(data: bytes) -> Brought:
    found = read(io.BytesIO(data))
    assert isinstance(found, Brought)
    return found


def test_json_is_a_v3_card_with_all_that_was_in_the_file() -> None:
    card = spec_reader.an_object(writing.as_json(CARD).decode())
    assert spec_reader.check_v3(card) == files.V3_DATA | {"modification_date": NOW}
    assert card["around"] == {"kept": True}


def test_a_picture_holds_one_v3_and_one_older_card_and_stays_a_picture() -> None:
    old = files.card_png(files.V1, "Chara")
    data = writing.as_png(CARD, old)
    assert [name for name, _ in spec_reader.png_texts(data)] == ["chara", "ccv3"]
    card = spec_reader.card_in_png(data, "ccv3")
    assert spec_reader.check_v3(card) == CARD["data"]
    assert card["around"] == {"kept": True}
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (40, 60)


def test_the_older_card_is_v2_says_that_it_is_a_stand_in_and_has_no_decorators() -> (
    None
):
    data = writing.as_png(CARD, files.picture())
    older = spec_reader.check_v2(spec_reader.card_in_png(data, "chara"))
    assert older["creator_notes"].startswith(backfill.WARNING)
    assert older["creator_notes"].endswith("Best in the evening.")
    (entry,) = older["character_book"]["entries"]
    assert entry["content"] == "The queen is called Marie."
    assert entry["odd_key"] == "kept" and "use_regex" not in entry
    assert older["unknown_field"] == files.V2_DATA["unknown_field"]
    assert "group_only_greetings" not in older and "assets" not in older


def test_an_archive_holds_the_card_and_the_picture_that_it_names() -> None:
    png = files.picture()
    card, icon = spec_reader.card_in_charx(writing.as_charx(CARD, png))
    data = spec_reader.check_v3(card)
    assert icon == png
    expected = CARD["data"] | {"assets": [writing.PACKED_ICON]}
    assert data == expected


@pytest.mark.parametrize("source", [files.V1 | files.WILD, files.V2, files.V3], ids=str)
@pytest.mark.parametrize("kind", ["json", "png", "charx"])
def test_a_round_trip_changes_nothing_but_the_date(
    source: dict[str, Any], kind: str
) -> None:
    first = again(files.as_json(source)).card
    card = writing.v3(first.data, first.envelope, now=NOW)
    made = {
        "json": lambda: writing.as_json(card),
        "png": lambda: writing.as_png(card, files.picture()),
        "charx": lambda: writing.as_charx(card, files.picture()),
    }[kind]()
    second = again(made).card
    written = ("modification_date", "assets")
    assert _without(second.data, written) == _without(first.data, written)
    spec = ("spec", "spec_version")
    assert _without(second.envelope, spec) == _without(first.envelope, spec)
    assert second.notes == first.notes == ()


def test_a_newer_card_stays_of_its_version() -> None:
    around = {"spec": "chara_card_v3", "spec_version": "4.1"}
    assert writing.v3(files.V3_DATA, around, now=NOW)["spec_version"] == "4.1"
    older = {"spec": "chara_card_v2", "spec_version": "2.0"}
    assert writing.v3(files.V2_DATA, older, now=NOW)["spec_version"] == "3.0"


def test_v1_fields_beside_the_card_follow_it() -> None:
    card = writing.v3(files.V2_DATA, {"name": "Old", "create_date": "x"}, now=NOW)
    assert (card["name"], card["create_date"]) == (files.V1["name"], "x")


def test_files_that_did_not_come_along_are_not_named_and_others_are() -> None:
    assets = [
        {"type": "icon", "name": "main", "uri": "embeded://a.png", "ext": "png"},
        {"type": "emotion", "name": "sad", "uri": "embeded://s.png", "ext": "png"},
        {"type": "emotion", "name": "glad", "uri": "data:x,y", "ext": "png"},
        {"type": "x_risu", "name": "z", "uri": "__asset:3", "ext": "png"},
    ]
    card = writing.v3(files.V3_DATA | {"assets": assets}, {}, now=NOW)
    data = spec_reader.card_in_png(writing.as_png(card, files.picture()), "ccv3")
    assert data["data"]["assets"] == [writing.DEFAULT_ICON, assets[2]]


def test_a_lorebook_by_itself_is_v3_s_and_read_again() -> None:
    found = read(io.BytesIO(files.as_json(files.WORLD)))
    assert isinstance(found, BroughtBook)
    whole = writing.lorebook(found.data)
    assert whole["spec"] == "lorebook_v3"
    spec_reader.check_lorebook(whole["data"])
    second = read(io.BytesIO(writing.as_json(whole)))
    assert isinstance(second, BroughtBook) and second.data == found.data


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        ("@@depth 4\n@@@instruct_depth 4\n\nText", "Text"),
        ("Text\n@@depth 4", "Text\n@@depth 4"),
        ("@@constant", ""),
        ("@ a\n", "@ a\n"),
        ("\n@@depth 1\nText @@no", "Text @@no"),
    ],
)
def test_decorators_go_from_the_beginning_of_a_text(content: str, plain: str) -> None:
    assert backfill.without_decorators(content) == plain


def _without(found: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in keys}
