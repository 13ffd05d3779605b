"""The pages of cards: bring some, look at one before its first use, take one along."""

from __future__ import annotations

import base64
import io
import struct
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.characters.bringing import bring
from chatapp.characters.models import Character
from chatapp.characters.picture import kept, redrawn
from chatapp.characters.seeding import seed_characters
from chatapp.conversations.models import Conversation
from tests.characters.formats import card_files as files
from tests.characters.formats import spec_reader

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
IMPORT = "/characters/import/"


@pytest.fixture(name="owner")
def _owner() -> User:
    return User.objects.create_user("owner")


@pytest.fixture(name="client")
def _client(owner: User) -> Client:
    client = Client()
    client.force_login(owner, BACKEND)
    return client


@pytest.fixture(name="zoe")
def _zoe(owner: User) -> Character:
    character = bring(
        owner, io.BytesIO(files.card_png(files.V3, "ccv3")), "z"
    ).character
    assert character
    return character


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_the_page_says_what_it_takes(client: Client) -> None:
    page = client.get(IMPORT).text
    assert "PNG, JSON or CHARX" in page
    assert client.get("/").text.count(IMPORT) == 1


def test_it_is_for_people_who_are_signed_in() -> None:
    assert Client().get(IMPORT).status_code == 302


def test_a_batch_goes_on_behind_what_is_refused(client: Client) -> None:
    cards = [
        upload("zoe.png", files.card_png(files.V2)),
        upload("<b>.png", files.picture()),
        upload("world.json", files.as_json(files.WORLD)),
    ]
    page = unescape(client.post(IMPORT, {"cards": cards}).text)
    assert "Zoë 日本" in page and "Harbour" in page
    assert "This picture holds no card. Nothing of it was stored." in page
    assert "<b>.png" in page
    assert Character.objects.count() == 1


def test_a_card_is_pasted_as_text(client: Client) -> None:
    text = files.as_json(files.V1 | {"name": "Pasted"}).decode()
    page = client.post(IMPORT, {"pasted": f"\n {text} "}).text
    assert "Look at Pasted" in page and "pasted.json" in page
    assert "This is no card." in client.post(IMPORT, {"pasted": "Hello."}).text


def test_a_script_is_answered_with_the_report_alone(client: Client) -> None:
    card = {"cards": upload("zoe.png", files.card_png(files.V2))}
    answer = client.post(IMPORT, card, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text and "Look at it" in answer.text


def test_nothing_chosen_is_said(client: Client) -> None:
    assert "Choose one or more files first." in client.post(IMPORT).text


def test_the_first_start_of_an_imported_card_leads_to_its_preview(
    client: Client, zoe: Character
) -> None:
    start = reverse("characters:start", args=[zoe.slug])
    looked = client.post(start, follow=True)
    assert looked.redirect_chain[-1][0] == f"/characters/{zoe.slug}/preview/"
    page = unescape(looked.text)
    for text in ("Best in the evening.", "Speak of bees.", "Stay brief.", "somebody"):
        assert text in page
    assert not Conversation.objects.exists()
    begun = client.post(looked.redirect_chain[-1][0], follow=True)
    assert begun.status_code == 200
    assert Conversation.objects.get().character == zoe
    # Seen once, it is started at once.
    assert client.post(start).headers["Location"].startswith("/c")


def test_notes_are_shown_in_the_language_of_the_page(
    client: Client, zoe: Character
) -> None:
    zoe.card |= {
        "creator_notes": "For evenings.",
        "creator_notes_multilingual": {"ko": "저녁에 좋아요.", "ja": 7, "de": ""},
        "first_mes": "",
        "alternate_greetings": ["One.", "Two."],
    }
    zoe.save()
    url = f"/characters/{zoe.slug}/preview/"
    for language, notes in (
        ("en", "For evenings."),
        ("ko", "저녁에 좋아요."),
        ("ja", "For evenings."),
    ):
        page = client.get(url, headers={"accept-language": language}).text
        assert notes in page
    page = client.get(url).text
    assert "2 greetings" in page
    assert reverse("lorebooks:book", args=["of", zoe.slug]) in page


def test_html_in_a_card_is_text_on_every_page(client: Client, owner: User) -> None:
    bad = '<img src="x" onerror="alert(1)"><script>alert(2)</script>'
    fields = {k: bad for k, v in files.V2_DATA.items() if isinstance(v, str)}
    data = files.V2_DATA | fields | {"name": f"Eve {bad}", "tags": [bad]}
    card = {"cards": upload(f"{bad}.json", files.as_json(files.V2 | {"data": data}))}
    pages = [client.post(IMPORT, card).text, client.get("/").text]
    eve = Character.objects.get()
    pages.append(client.get(f"/characters/{eve.slug}/preview/").text)
    for page in pages:
        assert "<script>alert" not in page and '<img src="x"' not in page


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("png", "image/png"),
        ("json", "application/json"),
        ("charx", "application/octet-stream"),
    ],
)
def test_an_export_is_a_file_that_holds_the_card(
    client: Client, zoe: Character, kind: str, mime: str
) -> None:
    answer = client.get(reverse("characters:export", args=[zoe.slug, kind]))
    assert answer["Content-Type"] == mime
    assert answer["Content-Disposition"].startswith("attachment; filename")
    data = answer.content
    card = {
        "png": lambda: spec_reader.card_in_png(data, "ccv3"),
        "json": lambda: spec_reader.an_object(data.decode()),
        "charx": lambda: spec_reader.card_in_charx(data)[0],
    }[kind]()
    kept = spec_reader.check_v3(card)
    changed = {"modification_date", "assets"}
    assert {k: v for k, v in kept.items() if k not in changed} == {
        k: v for k, v in files.V3_DATA.items() if k not in changed
    }
    assert card["around"] == {"kept": True}


def test_a_picture_inside_json_is_that_of_today(client: Client, owner: User) -> None:
    def icon() -> bytes:
        url = reverse("characters:export", args=[eve.slug, "json"])
        (icon,) = client.get(url).json()["data"]["assets"]
        head, _, coded = icon["uri"].partition(",")
        assert head == "data:image/png;base64"
        return base64.b64decode(coded)

    taken = files.picture((30, 30), dpi=(300, 300))
    own = f"data:image/png;base64,{base64.b64encode(taken).decode()}"
    asset = {"type": "icon", "name": "main", "uri": own, "ext": "png"}
    card = files.V3 | {"data": files.V3_DATA | {"assets": [asset]}}
    bring(owner, io.BytesIO(files.as_json(card)), "eve.json")
    eve = Character.objects.get()
    first = icon()
    assert b"pHYs" in taken and b"pHYs" not in first  # drawn anew
    eve.image = kept(redrawn(io.BytesIO(files.picture((9, 9)))), owner)
    eve.save()
    assert struct.unpack(">II", icon()[16:24]) == (9, 9)
    eve.image = None
    eve.save()
    assert icon() not in {taken, first}


def test_a_built_in_character_can_be_taken_along_too(client: Client) -> None:
    seed_characters()
    answer = client.get(reverse("characters:export", args=["ailsa", "png"]))
    data = spec_reader.check_v3(spec_reader.card_in_png(answer.content, "ccv3"))
    assert data["name"] == "Ailsa Muir"
    assert "Benbecula" in data["description"]


def test_another_person_s_card_does_not_exist(zoe: Character) -> None:
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"), BACKEND)
    for address in ("preview/", "export.png", "export.json", "export.charx"):
        got = stranger.get(f"/characters/{zoe.slug}/{address}")
        assert got.status_code == 404
