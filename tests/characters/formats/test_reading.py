"""Every variant of a card that is found is read, and keeps what it says."""

from __future__ import annotations

import io
from typing import Any

import pytest

from chatapp.characters.formats.reading import Brought, BroughtBook, read
from tests.characters.formats import card_files as files

V1_PICTURE = files.card_png(files.V1 | files.WILD)
V2_PICTURE = files.card_png(files.V2)


def brought(data: bytes) -> Brought:
    found = read(io.BytesIO(data))
    assert isinstance(found, Brought)
    return found


def book(data: bytes) -> BroughtBook:
    found = read(io.BytesIO(data))
    assert isinstance(found, BroughtBook)
    return found


CODED = files.coded(files.V2)
NUMBERED = files.V2 | {"data": files.V2_DATA | {"character_version": 1.2}}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(V2_PICTURE, id="tEXt before the pixels"),
        pytest.param(
            files.png_with(files.text_chunk("Chara", CODED), before_idat=False),
            id="tEXt after the pixels, keyword in another case",
        ),
        pytest.param(files.png_with(files.ztxt_chunk("chara", CODED)), id="zTXt"),
        pytest.param(
            files.png_with(files.itxt_chunk("chara", CODED, compressed=False)),
            id="iTXt",
        ),
        pytest.param(
            files.png_with(
                files.itxt_chunk("CHARA", CODED, compressed=True), before_idat=False
            ),
            id="iTXt compressed, after the pixels",
        ),
        pytest.param(files.card_png(NUMBERED), id="version as a number"),
        pytest.param(
            files.png_with(files.text_chunk("chara", CODED[:70] + b"\n " + CODED[70:])),
            id="base64 in lines",
        ),
        pytest.param(
            files.png_with(files.text_chunk("chara", CODED.rstrip(b"="))),
            id="base64 without its end",
        ),
        pytest.param(
            files.png_with(files.text_chunk("chara", files.as_json(files.V2))),
            id="plain JSON in the chunk",
        ),
        pytest.param(
            V2_PICTURE[:-16] + b"\0\0\0\0" + V2_PICTURE[-12:], id="wrong checksum"
        ),
        pytest.param(files.as_json(files.V2), id="JSON"),
        pytest.param(b"\xef\xbb\xbf" + files.as_json(files.V2), id="JSON with a mark"),
        pytest.param(
            files.as_json(files.V2).decode().encode("utf-16"), id="JSON in UTF-16"
        ),
        pytest.param(files.card_charx(files.V2), id="CHARX"),
        pytest.param(
            files.picture(kind="JPEG") + files.card_charx(files.V2),
            id="CHARX behind a JPEG",
        ),
    ],
)
def test_a_v2_card_is_read_whole(data: bytes) -> None:
    card = brought(data).card
    assert card.version == "v2"
    assert card.data == files.V2_DATA | {"group_only_greetings": []}
    assert card.envelope == {"spec": "chara_card_v2", "spec_version": "2.0"}


def test_a_v1_card_keeps_its_extra_keys() -> None:
    card = brought(V1_PICTURE).card
    assert card.version == "v1"
    assert card.data.items() >= (files.V1 | files.WILD).items()
    assert card.data["alternate_greetings"] == []


@pytest.mark.parametrize("keyword", ["ccv3", "CCv3"])
def test_a_v3_card_keeps_what_stands_around_it(keyword: str) -> None:
    card = brought(files.card_png(files.V3, keyword)).card
    assert (card.version, card.data) == ("v3", files.V3_DATA)
    assert card.envelope["around"] == {"kept": True}


def test_v3_wins_over_the_older_card_beside_it() -> None:
    both = files.png_with(
        files.text_chunk("chara", files.coded(files.V1)),
        files.text_chunk("ccv3", files.coded(files.V3)),
    )
    assert brought(both).card.version == "v3"


def test_a_broken_v3_falls_back_to_the_older_card_and_says_so() -> None:
    both = files.png_with(
        files.text_chunk("ccv3", b"%%%"),
        files.text_chunk("chara", files.coded(files.V2)),
    )
    card = brought(both).card
    assert card.version == "v2"
    assert any("broken" in note for note in card.notes)


def test_the_first_of_a_name_wins() -> None:
    twice = files.png_with(
        files.text_chunk("chara", files.coded(files.V1 | {"name": "First"})),
        files.text_chunk("Chara", files.coded(files.V1 | {"name": "Second"})),
    )
    assert brought(twice).card.data["name"] == "First"


def test_fields_at_the_root_and_in_data_are_told_apart() -> None:
    card = brought(files.as_json(files.V1 | {"name": "Old"} | files.V2)).card
    assert card.data["name"] == files.V1["name"]
    assert card.envelope["name"] == "Old"


def test_a_newer_version_is_read_with_a_note() -> None:
    card = brought(files.as_json(files.V3 | {"spec_version": "4.1"})).card
    assert card.version == "v3"
    assert "4.1" in card.notes[0]


def test_nothing_remote_is_fetched_and_the_note_says_so() -> None:
    icon = {"type": "icon", "name": "main", "uri": "https://x.test/a.png", "ext": "png"}
    found = brought(
        files.as_json(
            {"spec": "chara_card_v3", "data": files.V3_DATA | {"assets": [icon]}}
        )
    )
    assert found.picture is None
    assert "not fetched" in " ".join(found.card.notes)
    assert found.card.data["assets"] == [icon]


def test_the_picture_of_an_archive_is_its_main_icon() -> None:
    assets = [
        {"type": "icon", "name": "x", "uri": "embeded://assets/b.png", "ext": "png"},
        {"type": "icon", "name": "main", "uri": "embeded://assets/a.png", "ext": "png"},
    ]
    card = {"spec": "chara_card_v3", "data": files.V3_DATA | {"assets": assets}}
    main = files.picture((8, 8))
    data = files.archive(
        {
            "card.json": files.as_json(card),
            "assets/a.png": main,
            "assets/b.png": b"?",
            "song.mp3": b"?",
        }
    )
    found = brought(data)
    assert found.picture and found.picture.read() == main
    assert "2 further files" in found.card.notes[-1]


def test_world_info_becomes_a_lorebook_in_the_shape_of_v3() -> None:
    found = book(files.as_json(files.WORLD))
    assert found.name == "Harbour"
    lamp, rain = found.data["entries"]
    assert lamp["keys"] == ["lamp", "/light(house)?/i"]
    assert lamp["secondary_keys"] == ["night"]
    assert (lamp["insertion_order"], lamp["enabled"]) == (70, True)
    assert (lamp["position"], lamp["selective"]) == ("before_char", True)
    assert (lamp["id"], lamp["use_regex"]) == (0, False)
    assert lamp["extensions"]["exclude_recursion"] is True
    assert lamp["extensions"]["probability"] == 100
    assert (rain["position"], rain["enabled"]) == ("after_char", False)
    assert (rain["constant"], rain["extensions"]["position"]) == (True, 4)


def test_a_card_s_book_in_a_file_of_its_own_is_a_book_and_nobody() -> None:
    found = book(b'{"name": "Bay", "entries": [{"keys": ["sea"], "content": "Salt."}]}')
    assert (found.name, found.data["entries"][0]["keys"]) == ("Bay", ["sea"])


def test_a_lorebook_by_itself_is_read() -> None:
    found = book(files.as_json({"spec": "lorebook_v3", "data": files.BOOK}))
    assert (found.name, found.data) == ("Bees", files.BOOK)


@pytest.mark.parametrize(
    ("given", "key", "kept"),
    [
        ({"tags": None}, "tags", []),
        ({"tags": "Sea, Salt"}, "tags", ["Sea", "Salt"]),
        ({"description": None}, "description", ""),
        ({"description": {"a": 1}}, "description", '{"a": 1}'),
        ({"extensions": []}, "extensions", {}),
        (
            {"alternate_greetings": ["a", 3, None, ""]},
            "alternate_greetings",
            ["a", "3"],
        ),
        ({"character_version": True}, "character_version", "true"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_field_of_another_type_is_read_as_what_it_means(
    given: dict[str, Any], key: str, kept: object
) -> None:
    card = brought(files.as_json(files.V2 | {"data": files.V2_DATA | given})).card
    got = card.data[key]
    assert ([g.strip() for g in got] if isinstance(got, list) else got) == kept


def test_a_book_in_the_shapes_that_are_found_is_one_of_v3() -> None:
    wild = {
        "entries": {
            "1": {"keys": "sea, salt", "secondary_keys": "a,b", "content": None},
            "2": {"keys": ["x"], "case_sensitive": None, "position": "", "id": None},
        }
    }
    data = files.V2_DATA | {"character_book": wild}
    made = brought(files.as_json(files.V2 | {"data": data})).card.data["character_book"]
    assert made["extensions"] == {}
    first, second = made["entries"]
    assert (first["keys"], first["content"]) == (["sea", "salt"], "")
    assert first["secondary_keys"] == ["a", "b"]
    assert {"case_sensitive", "position", "id"}.isdisjoint(second)
    assert (second["enabled"], second["insertion_order"]) == (True, 100)
