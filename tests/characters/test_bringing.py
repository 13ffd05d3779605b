"""A file that somebody brings: a character or a lorebook, whole or not at all."""

from __future__ import annotations

import io

import pytest

from chatapp.accounts.models import User
from chatapp.characters.bringing import Report, bring
from chatapp.characters.models import Character, Image, Lorebook
from tests.characters.formats import card_files as files
from tests.characters.formats.hostile import FILES

pytestmark = pytest.mark.django_db


@pytest.fixture(name="owner")
def _owner() -> User:
    return User.objects.create_user("owner")


def brought(owner: User, data: bytes, name: str = "zoe.png") -> Report:
    return bring(owner, io.BytesIO(data), name)


def test_a_card_becomes_a_character_of_the_person_who_brought_it(owner: User) -> None:
    report = brought(owner, files.card_png(files.V2))
    assert (report.outcome, report.file) == ("character", "zoe.png")
    zoe = Character.objects.get()
    assert zoe == report.character
    assert (zoe.owner, zoe.name, zoe.needs_preview) == (owner, "Zoë 日本", True)
    assert zoe.tags == ["bees", "roof"]
    assert zoe.tagline == "Best in the evening."
    assert zoe.slug.startswith("u") and len(zoe.slug) == 13
    assert zoe.image and (zoe.image.width, zoe.image.height) == (40, 60)
    assert zoe.image.mime == "image/webp"
    assert zoe.hue == 30  # of its picture


def test_world_info_becomes_a_lorebook_that_is_off(owner: User) -> None:
    report = brought(owner, files.as_json(files.WORLD | {"name": None}), "bay.json")
    assert report.outcome == "lorebook"
    book = Lorebook.objects.get()
    assert (book.name, book.is_on, len(book.data["entries"])) == ("bay", False, 2)


def test_the_same_card_twice_is_one_character(owner: User) -> None:
    first = brought(owner, files.card_png(files.V2))
    again = brought(owner, files.card_png(files.V2))
    assert (again.outcome, again.character) == ("same", first.character)
    assert Character.objects.count() == Image.objects.count() == 1


def test_the_same_words_with_another_picture_are_another_card(owner: User) -> None:
    brought(owner, files.card_png(files.V2))
    other = files.picture((20, 20))
    assert brought(owner, files.card_png(files.V2, base=other)).outcome == "character"
    assert brought(owner, files.card_png(files.V2, base=other)).outcome == "same"
    assert Character.objects.count() == Image.objects.count() == 2


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        ({"a.avif": b"\0\0\0 ftypavif" + bytes(40)}, "no PNG, JPEG or WebP"),
        ({}, "not in the archive"),
    ],
    ids=["of another kind", "absent"],
)
def test_a_card_is_taken_without_a_picture_that_can_not_be(
    owner: User, packed: dict[str, bytes], said: str
) -> None:
    icon = {"type": "icon", "name": "main", "uri": "embeded://a.avif", "ext": "avif"}
    card = files.V3 | {"data": files.V3_DATA | {"assets": [icon]}}
    report = brought(owner, files.card_charx(card, **packed), "zoe.charx")
    assert report.outcome == "character"
    assert said in " ".join(report.notes)
    assert Character.objects.get().image is None


def test_the_same_lorebook_twice_is_one(owner: User) -> None:
    data = files.as_json(files.WORLD)
    assert brought(owner, data).outcome == "lorebook"
    assert brought(owner, data).outcome == "same"
    assert Lorebook.objects.count() == 1


def test_another_card_of_the_same_name_is_kept_and_said(owner: User) -> None:
    brought(owner, files.card_png(files.V2))
    report = brought(owner, files.card_png(files.V1))
    assert report.outcome == "character"
    assert "both are kept" in report.notes[-1]
    assert Character.objects.count() == 2
    assert Image.objects.count() == 1  # the same picture


def test_what_another_person_has_is_not_told(owner: User) -> None:
    brought(owner, files.card_png(files.V2))
    other = User.objects.create_user("other")
    report = brought(other, files.card_png(files.V2))
    assert (report.outcome, report.notes) == ("character", ())


def test_there_is_an_end_to_how_many_one_may_bring(
    owner: User, settings: pytest.FixtureRequest
) -> None:
    settings.OWN_CHARACTERS = 1  # type: ignore[attr-defined]  # pytest-django's proxy
    brought(owner, files.card_png(files.V1))
    report = brought(owner, files.card_png(files.V2))
    assert report.outcome == "refused"
    assert "the most there may be" in report.problem
    assert Character.objects.count() == 1


def test_there_are_forty_hostile_files_and_more() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_by_name_or_stored_whole_and_harmless(
    owner: User, name: str
) -> None:
    make, word = FILES[name]
    report = brought(owner, make(), name)
    stored = Character.objects.count() + Lorebook.objects.count()
    if word:
        assert report.outcome == "refused"
        assert word in report.problem
        assert "Traceback" not in report.problem
        assert stored == Image.objects.count() == 0
    else:
        assert report.outcome == "character", report.problem
        assert stored == 1
        zoe = Character.objects.get()
        assert "<" not in zoe.description and "<" not in zoe.tagline
        assert "\u202e" not in zoe.name
