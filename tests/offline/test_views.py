"""What a browser asks for by itself: the manifest with its icons, the favicon."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image
from pytest_django import Settings

from chatapp.offline import icons


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }


def opened(address: str) -> Image.Image:
    """The picture that the site serves at this address."""
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Image.open(BytesIO(Path(found).read_bytes()))


def test_the_manifest_says_all_that_installing_needs(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["name"], told["display"]) == ("Anchorage", "standalone")
    assert (told["start_url"], told["scope"], told["id"]) == ("/", "/", "/")
    assert told["theme_color"] == told["background_color"] == "#fbf9f5"
    found = {(each["sizes"], each["purpose"]) for each in told["icons"]}
    assert found >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_every_icon_has_the_size_that_it_is_said_to_have(client: Client) -> None:
    for each in client.get("/manifest.webmanifest").json()["icons"]:
        picture = opened(each["src"])
        assert picture.format == "PNG"
        assert f"{picture.width}x{picture.height}" == each["sizes"]


def test_the_icons_are_what_is_drawn_today() -> None:
    for name, drawn in icons.files():
        buffer = BytesIO()
        drawn.save(buffer, "PNG")
        assert opened(f"icons/{name}").tobytes() == Image.open(buffer).tobytes(), name


def test_a_maskable_icon_is_opaque_and_clear_of_its_edge() -> None:
    picture = opened("icons/maskable-512.png").convert("RGB")
    ground = picture.getpixel((0, 0))
    middle = picture.width / 2
    for x in range(0, picture.width, 4):
        for y in range(0, picture.height, 4):
            if (x - middle) ** 2 + (y - middle) ** 2 > (0.4 * picture.width) ** 2:
                assert picture.getpixel((x, y)) == ground


def test_there_is_a_favicon_at_the_root(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer["Location"] == "/static/icons/favicon.ico"
    icon = opened(answer["Location"])
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
