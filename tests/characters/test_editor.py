"""The editor: every field is kept, no save is lost, and earlier versions come back."""

from __future__ import annotations

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image as PIL

from chatapp.accounts.models import User
from chatapp.characters import authored
from chatapp.characters.changes import changed, changes, pieces
from chatapp.characters.cropping import crop_of
from chatapp.characters.editor_form import LISTS, TEXTS
from chatapp.characters.formats.limits import GREETINGS
from chatapp.characters.models import Character, CharacterVersion, Persona

pytestmark = pytest.mark.django_db
STRANGE = {"extensions": {"x/y": 1}, "assets": [{"uri": "ccdefault:"}], "talk": 0.5}


@pytest.fixture
def person() -> User:
    return User.objects.create_user("mina", password="pass-of-a-test")


@pytest.fixture
def mina(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def given(**fields: Any) -> dict[str, Any]:
    return {"name": "Vane", "description": "A smuggler.", "number": "0"} | fields


def written(person: User, **card: Any) -> Character:
    full = dict(authored.EMPTY) | {"name": "Vane"} | card
    return authored.create(person, full, None, uuid.uuid4())


def test_a_character_is_written_from_nothing(mina: Client, person: User) -> None:
    fields = {name: f"The {name}." for name in TEXTS}
    answer = mina.post(
        "/characters/new/",
        fields
        | {
            "alternate_greetings": ["One.", "", "Two."],
            "group_only_greetings": ["All!"],
            "tags": "Sea,  Pirates , sea",
            "tagline": "Sails by night",
            "hue": "40",
            "theme": "sea",
            "key": str(uuid.uuid4()),
        },
    )
    vane = Character.objects.get(owner=person)
    assert answer.headers["location"] == f"/characters/{vane.slug}/edit/"
    assert {name: vane.card[name] for name in TEXTS} == fields
    assert vane.card["alternate_greetings"] == ["One.", "Two."]
    assert vane.card["group_only_greetings"] == ["All!"]
    assert vane.card["tags"] == ["Sea", "Pirates"]
    assert (vane.tags, vane.hue, vane.theme) == (["sea", "pirates"], 40, "sea")
    assert vane.card["extensions"]["anchorage"]["theme"] == "sea"
    assert vane.tagline == "Sails by night"
    assert vane.envelope["spec"] == "chara_card_v3"


def test_pressing_save_twice_makes_one_character(mina: Client, person: User) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        mina.post("/characters/new/", given(key=key))
    assert Character.objects.filter(owner=person).count() == 1


def test_what_the_editor_does_not_show_of_a_card_stays(
    mina: Client, person: User
) -> None:
    vane = written(person, **STRANGE, character_book={"entries": [1]})
    mina.post(f"/characters/{vane.slug}/edit/", given(number="1"))
    vane.refresh_from_db()
    assert vane.card["assets"] == STRANGE["assets"]
    assert vane.card["talk"] == 0.5
    assert vane.card["extensions"]["x/y"] == 1
    assert vane.card["character_book"] == {"entries": [1]}
    assert vane.card["description"] == "A smuggler."


def test_each_save_is_a_version_and_saving_the_same_is_none(
    mina: Client, person: User
) -> None:
    vane = written(person)
    url = f"/characters/{vane.slug}/edit/"
    mina.post(url, given(number="1", hue="210"))
    mina.post(url, given(number="2", hue="210"))
    assert authored.number_of(vane) == 2


def test_an_older_form_overwrites_nothing_and_shows_both(
    mina: Client, person: User
) -> None:
    vane = written(person, description="First.")
    url = f"/characters/{vane.slug}/edit/"
    mina.post(url, given(number="1", description="Saved by the other tab."))
    answer = mina.post(url, given(number="1", description="Typed in this tab."))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Typed in this tab." in page  # in the form
    assert "<ins>Saved</ins>" in page  # what it would replace
    vane.refresh_from_db()
    assert vane.card["description"] == "Saved by the other tab."
    assert 'name="number" value="2"' in page
    mina.post(url, given(number="2", description="Typed in this tab."))
    kept = [v.card["description"] for v in vane.versions.all()]
    assert kept == ["Typed in this tab.", "Saved by the other tab.", "First."]


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told(person: User) -> None:
    vane = written(person)

    def save(text: str) -> str:
        card = dict(vane.card) | {"description": text}
        try:
            authored.save(person, vane.slug, card, None, number=1)
        except authored.Changed:
            return "told"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, ["one", "two"])) == ["saved", "told"]
    assert authored.number_of(vane) == 2


def test_an_earlier_version_is_compared_and_brought_back(
    mina: Client, person: User
) -> None:
    vane = written(person, description="A cruel smuggler.")
    base = f"/characters/{vane.slug}"
    mina.post(f"{base}/edit/", given(number="1", description="A kind smuggler."))
    assert "Description" in mina.get(f"{base}/versions/").content.decode()
    page = mina.get(f"{base}/versions/1/").content.decode()
    assert "<del>cruel</del><ins>kind</ins> smuggler." in page
    mina.post(f"{base}/versions/1/restore/")
    vane.refresh_from_db()
    assert vane.card["description"] == "A cruel smuggler."
    assert authored.number_of(vane) == 3
    assert mina.post(f"{base}/versions/9/restore/").status_code == 404


def test_an_imported_card_keeps_what_it_came_with_as_its_first_version(
    mina: Client, person: User
) -> None:
    came = Character.objects.create(
        owner=person, slug="u1", name="Vane", card={"name": "Vane", "description": "X"}
    )
    mina.post("/characters/u1/edit/", given(description="Y"))
    numbers = CharacterVersion.objects.filter(character=came).order_by("number")
    assert [v.card["description"] for v in numbers] == ["X", "Y"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 201}, "at most 200"),
        ({"description": "half \ufffd"}, "half a character"),
        ({"scenario": "a\0b"}, "NUL"),
        ({"description": "x" * 100_001}, "at most 100000"),
        ({"alternate_greetings": ["ok", "a\0b"]}, "greetings can not be kept"),
        ({"alternate_greetings": ["Hi."] * 201}, "201 greetings; up to 200"),
        ({"hue": "blue"}, "whole number"),
    ],
    ids=["no name", "long name", "half", "NUL", "long text"]
    + ["greeting", "greetings", "hue"],
)
def test_what_can_not_be_kept_is_said_and_nothing_is_saved(
    mina: Client, person: User, fields: dict[str, Any], said: str
) -> None:
    vane = written(person)
    url = f"/characters/{vane.slug}/edit/"
    answer = mina.post(url, given(number="1", personality="Kept.") | fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Kept." in page
    assert authored.number_of(vane) == 1


def test_what_could_be_imported_can_be_saved(mina: Client, person: User) -> None:
    greetings = [f"Hello {n}." for n in range(GREETINGS)]
    tags = [f"tag {n}" for n in range(90)] + ["long " * 15 + "tag"]
    vane = written(person, alternate_greetings=greetings, tags=tags)
    fields = given(number="1", description="New.", alternate_greetings=greetings)
    fields["tags"] = ", ".join(tags)
    assert mina.post(f"/characters/{vane.slug}/edit/", fields).status_code == 302
    vane.refresh_from_db()
    assert vane.card["alternate_greetings"] == greetings
    assert vane.card["tags"] == tags


def test_html_in_any_field_is_text(mina: Client, person: User) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    card = {name: evil for name in TEXTS} | {name: [evil] for name in LISTS}
    vane = written(person, **card, tags=[evil])
    written(person, name="Other")
    base = f"/characters/{vane.slug}"
    mina.post(f"{base}/edit/", given(number="1", description=f"More {evil}"))
    weights = mina.post("/characters/preview/", given(slug=vane.slug, description=evil))
    pages = [
        mina.get(url).content.decode()
        for url in (
            *("/characters/", f"{base}/edit/", f"{base}/versions/"),
            f"{base}/versions/1/",
        )
    ]
    for page in [*pages, weights.content.decode()]:
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_preview_counts_what_is_typed_and_shows_the_prompt(
    mina: Client, person: User
) -> None:
    answer = mina.post(
        "/characters/preview/",
        given(description="A smuggler of the coast. " * 4, first_mes="Ahoy there."),
    )
    page = answer.content.decode()
    assert "<td>25</td>" in page
    assert "A smuggler of the coast." in page
    assert "Ahoy there." in page
    assert not Character.objects.filter(owner=person).exists()


def test_nobody_previews_somebody_elses_card(mina: Client) -> None:
    theo = User.objects.create_user("theo", password="pass-of-a-test")
    vane = written(theo)
    answer = mina.post("/characters/preview/", given(slug=vane.slug))
    assert answer.status_code == 404


def test_texts_are_compared_by_words_and_long_ones_by_lines() -> None:
    assert [(p.kind, p.text) for p in pieces("a b c", "a x c")] == [
        ("same", "a "),
        ("out", "b"),
        ("in", "x"),
        ("same", " c"),
    ]
    old = "\n".join(f"line {n} of a long text" for n in range(1000))
    new = old.replace("line 500 of", "line five hundred of")
    went = [p.text for p in pieces(old, new) if p.kind == "out"]
    assert went == ["line 500 of a long text\n"]
    huge = "x\n" * 10_000
    assert [p.kind for p in pieces(huge, huge + "y")] == ["out", "in"]


def test_a_changed_lorebook_and_unknown_data_are_named() -> None:
    old = {"name": "Vane", "character_book": {"entries": []}, "x": 1}
    new = {"name": "Vane", "character_book": {"entries": [1]}, "x": 2}
    assert [change.label for change in changes(old, new)] == [
        "Lorebook",
        "Other data of the card",
    ]


def test_a_changed_lorebook_says_which_entries_and_how() -> None:
    lamp = {"keys": ["lamp"], "content": "@@depth 2\nIt burns.", "x": 1}
    kept = [{"keys": [f"k{n}"], "content": f"Text {n}."} for n in range(1000)]
    book = {"scan_depth": 4, "entries": [*kept, lamp]}
    old: dict[str, Any] = {"character_book": book}
    new = deepcopy(old)
    new["character_book"]["entries"][1000] |= {
        "content": "@@depth 2\nIt glows.",
        "enabled": False,
    }
    new["character_book"]["entries"].insert(0, {"keys": ["sea"], "content": "Salt."})
    new["character_book"]["scan_depth"] = 9
    (change,) = changes(old, new)
    assert changed(old, new) == [change.label] == ["Lorebook"]
    out = "".join(piece.text for piece in change.pieces if piece.kind == "out")
    into = "".join(piece.text for piece in change.pieces if piece.kind == "in")
    assert "burns." in out and "4" in out
    assert "glows." in into and "Salt." in into and "Off" in into and "9" in into
    whole = "".join(piece.text for piece in change.pieces)
    assert "@@depth 2" in whole and "Text 7." not in whole
    unseen = deepcopy(old)
    unseen["character_book"]["entries"][1000]["x"] = 2
    assert [c.pieces for c in changes(old, unseen)] == [()]


def picture(size: tuple[int, int] = (40, 20)) -> SimpleUploadedFile:
    """Left half red, right half blue."""
    image = PIL.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("vane.png", out.getvalue(), "image/png")


def colour(character: Character) -> tuple[int, ...]:
    assert character.image is not None
    assert character.image.width == character.image.height
    with PIL.open(io.BytesIO(bytes(character.image.data))) as image:
        middle = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(middle, tuple)
    return middle


def test_the_chosen_square_of_a_picture_is_kept(mina: Client, person: User) -> None:
    vane = written(person)
    url = f"/characters/{vane.slug}/edit/"
    for number, (across, expected) in enumerate((("0", "red"), ("1", "blue")), start=1):
        fields = given(number=str(number), picture=picture(), crop_x=across)
        assert mina.post(url, fields).status_code == 302
        vane.refresh_from_db()
        red, _, blue = colour(vane)
        assert (red > blue) == (expected == "red")
    mina.post(url, given(number="3", remove_picture="yes"))
    vane.refresh_from_db()
    assert vane.image is None
    assert authored.number_of(vane) == 4
    authored.restore(person, vane.slug, 2)
    vane.refresh_from_db()
    assert vane.image is not None


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_refused_and_the_words_stay(
    mina: Client, person: User, data: bytes
) -> None:
    vane = written(person)
    file = SimpleUploadedFile("x.png", data, "image/png")
    url = f"/characters/{vane.slug}/edit/"
    answer = mina.post(url, given(number="1", personality="Kept.", picture=file))
    assert answer.status_code == 422
    assert "Kept." in answer.content.decode()
    assert authored.number_of(vane) == 1


@pytest.mark.parametrize("number", ["nan", "inf", "-1e9", "x", "", "99"])
def test_a_square_lies_within_its_picture_whatever_the_form_says(number: str) -> None:
    crop = crop_of({"crop_x": number, "crop_y": number, "crop_zoom": number})
    assert 0 <= crop.across <= 1
    assert 0 <= crop.down <= 1
    assert 1 <= crop.zoom <= 5


def test_a_persona_has_a_picture_too(mina: Client, person: User) -> None:
    mina.post("/personas/new/", {"name": "Vane", "picture": picture()})
    vane = Persona.objects.get()
    assert vane.image is not None
    page = mina.get("/personas/").content.decode()
    assert vane.portrait in page
    assert mina.get(vane.portrait).status_code == 200
