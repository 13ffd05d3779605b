"""Whose page is in which language: the account's, else the cookie's, else the browser's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from chatapp.accounts.models import User
from chatapp.language.choice import language_of_socket

pytestmark = pytest.mark.django_db


def language_of(client: Client, path: str = "/", **headers: str) -> str:
    """The `lang` of a page, which is that of its answer's header, too."""
    answer = client.get(path, headers=headers)
    code = answer.headers["Content-Language"]
    assert f'<html lang="{code}">' in answer.content.decode()
    return str(code)


def test_the_choice_of_an_account_is_kept_and_leads_back(
    signed_in: Client, person: User
) -> None:
    asked = {"language": "ko", "next": "/conversations/"}
    answer = signed_in.post(reverse("language"), asked)
    assert answer.headers["Location"] == "/conversations/"
    person.refresh_from_db()
    assert person.language == "ko"
    assert language_of(signed_in) == "ko"
    assert "기억된 것" in signed_in.get("/").content.decode()


def test_the_account_outweighs_cookie_and_browser(
    signed_in: Client, person: User
) -> None:
    User.objects.filter(pk=person.pk).update(language="ja")
    signed_in.cookies["django_language"] = "ko"
    assert language_of(signed_in, accept_language="en") == "ja"


def test_a_visitor_s_choice_is_a_cookie(client: Client) -> None:
    assert client.post(reverse("language"), {"language": "ja"}).status_code == 302
    assert language_of(client, accept_language="ko") == "ja"


@pytest.mark.parametrize(
    ("says", "code"),
    [("ko-KR,en;q=0.5", "ko"), ("ja", "ja"), ("de, fr;q=0.8", "en"), ("", "en")],
)
def test_a_first_visit_is_in_the_browser_s_language(
    client: Client, says: str, code: str
) -> None:
    assert language_of(client, accept_language=says) == code


def test_a_page_that_stays_is_told_nothing_to_load(signed_in: Client) -> None:
    answer = signed_in.post(reverse("language"), {"language": "ko", "stay": "yes"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_language_that_is_none_changes_nothing(
    signed_in: Client, person: User
) -> None:
    assert signed_in.post(reverse("language"), {"language": "xx"}).status_code == 400
    person.refresh_from_db()
    assert person.language == ""


def test_the_switch_leads_to_no_other_site(client: Client) -> None:
    asked = {"language": "ko", "next": "https://elsewhere.example/"}
    answer = client.post(reverse("language"), asked)
    assert answer.headers["Location"] == reverse("home")


def test_operators_pages_stay_english(client: Client) -> None:
    answer = client.get("/admin/login/", headers={"accept-language": "ko"})
    assert answer.headers["Content-Language"] == "en"


def test_a_request_leaves_no_language_behind(client: Client) -> None:
    client.get("/", headers={"accept-language": "ja"})
    assert translation.get_language() == "en"


def test_an_error_s_page_is_in_the_visitor_s_language(client: Client) -> None:
    answer = client.get("/nothing-here/", headers={"accept-language": "ko"})
    assert "이 주소에는 아무것도 없어요." in answer.content.decode()


def test_a_socket_begins_in_the_account_s_language(person: User) -> None:
    person.language = "ko"
    assert language_of_socket(person, {"django_language": "ja"}) == "ko"
    person.language = ""
    assert language_of_socket(person, {"django_language": "ja"}) == "ja"
    assert language_of_socket(None, {"django_language": "xx"}) == "en"
