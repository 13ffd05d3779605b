"""Only our own pages may open a socket."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from chatapp.conversations.origin import allowed


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["chat.example", "[::1]"]
    settings.PUBLIC_URL = ""


def test_our_own_page_is_let_in() -> None:
    assert allowed("http://chat.example:8000", "chat.example:8000", secure=False)
    assert allowed("https://chat.example", "chat.example", secure=True)
    assert allowed("http://[::1]:8000", "[::1]:8000", secure=False)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "http://chat.example",
        "http://chat.example:8001",
        "https://chat.example:8000",
        "http://sub.chat.example:8000",
        "http://chat.example.evil:8000",
        "http://evil@chat.example:8000",
        "ftp://chat.example:8000",
        "http://chat.example:port",
        "http://chat.example:99999",
        "http://chat.example:8000/path",
        "http://chat.example:8000?x",
        "chat.example:8000",
        "//chat.example:8000",
        "http://",
        "file://",
        "http://[::1",
    ],
)
def test_any_other_origin_is_refused(origin: str) -> None:
    assert not allowed(origin, "chat.example:8000", secure=False)


def test_a_host_that_is_not_ours_is_refused_however_the_origin_agrees() -> None:
    assert not allowed("http://evil.example", "evil.example", secure=False)


def test_behind_a_proxy_the_public_address_counts(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://chat.example"
    assert allowed("https://chat.example", "127.0.0.1:8000", secure=False)
    assert not allowed("http://chat.example", "127.0.0.1:8000", secure=False)


def test_subdomains_count_where_pages_answer_to_them(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [".chat.example"]
    assert allowed("http://a.chat.example", "a.chat.example", secure=False)
    assert not allowed("http://a.chat.example", "b.chat.example", secure=False)
    assert not allowed("http://chat.example.evil", "chat.example.evil", secure=False)
