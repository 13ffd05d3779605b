"""Every main page in Korean and Japanese, without a sentence that is left in English."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.language.extracting import extract
from chatapp.language.script_words import keys_of
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db
PAGES = [
    *("home", "characters:gallery", "characters:new", "characters:import"),
    *("personas:list", "personas:new", "lorebooks:shelf", "conversations:list"),
    *("conversations:find", "conversations:import", "conversations:compare"),
    *("memories:mine", "tutor:courses", "tutor:me", "tutor:classes"),
    *("tutor:own_courses", "account_email", "account_change_password"),
    *("account_logout",),
]
OF_A_CONVERSATION = ["open", "keep", "memory", "summary"]
SAME = {"OATutor"}
LABELS = {"aria-label", "placeholder", "title", "alt"}


class Texts(HTMLParser):
    """What a person reads or hears of a page: its texts and its labels."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: set[str] = set()
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in {"script", "style"}
        self.said |= {
            value.strip() for name, value in attrs if name in LABELS and value
        }

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.add(" ".join(data.split()))


@pytest.fixture(name="english", scope="module")
def _english() -> set[str]:
    """What is said in English and in no other language."""
    return {key.text for key in extract() if "%(" not in key.text} - SAME


@pytest.mark.parametrize("code", ["ko", "ja"])
def test_no_page_has_a_sentence_left_in_english(
    signed_in: Client,
    person: User,
    conversation: Conversation,
    english: set[str],
    code: str,
) -> None:
    User.objects.filter(pk=person.pk).update(language=code)
    remember(conversation, "User loves rain.", quote="I love rain")
    addresses = [reverse(page) for page in PAGES]
    addresses += [
        reverse(f"conversations:{page}", args=[conversation.pk])
        for page in OF_A_CONVERSATION
    ]
    for address in addresses:
        answer = signed_in.get(address)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        letters = "가나다라마바사아" if code == "ko" else "のをにはがでと"
        assert any(letter in html for letter in letters), address
        assert not Texts(html).said & english, address


@pytest.mark.parametrize("code", ["ko", "ja"])
def test_no_page_of_a_visitor_has_a_sentence_left_in_english(
    client: Client, english: set[str], code: str
) -> None:
    for address in ["/", "/accounts/login/", "/accounts/signup/", "/characters/"]:
        answer = client.get(address, headers={"accept-language": code})
        html = answer.content.decode()
        assert not Texts(html).said & english, address


def test_english_is_what_it_was_and_brings_no_catalogue(
    signed_in: Client, conversation: Conversation
) -> None:
    page = signed_in.get(reverse("conversations:open", args=[conversation.pk]))
    html = page.content.decode()
    assert 'aria-label="Messages"' in html
    assert '<script type="application/json" class="words">{}</script>' in html


def test_a_page_brings_its_scripts_sentences_and_no_others(
    signed_in: Client, person: User, conversation: Conversation
) -> None:
    User.objects.filter(pk=person.pk).update(language="ko")
    page = signed_in.get(reverse("conversations:open", args=[conversation.pk]))
    blocks = page.content.decode().split('class="words" type="application/json">')[1:]
    words = [json.loads(block.split("</script>")[0]) for block in blocks]
    room = {text for key in keys_of(("js/room.js",)) for text in (key.text, key.plural)}
    assert [block.keys() for block in words].count(room - {""}) == 1
    assert [block.get("Copied.") for block in words].count("복사했어요.") == 1
    assert not any("The picture" in block for block in words)


def test_a_stored_sentence_is_shown_in_the_reader_s_language(
    signed_in: Client, person: User, conversation: Conversation
) -> None:
    """The row keeps English, as a code; each reader sees their own language."""
    atom = remember(
        conversation,
        "User loves rain.",
        state="failed",
        problem="The memory service refused this request. "
        "If it happens again, tell the operator of this site.",
    )
    User.objects.filter(pk=person.pk).update(language="ko")
    html = signed_in.get(reverse("memories:atom", args=[atom.pk])).content.decode()
    assert "기억 서비스가 이 요청을 거절했어요. 다시 일어나면" in html
    assert "User loves rain." in html  # a memory is never translated
    atom.refresh_from_db()
    assert atom.problem.startswith("The memory service refused")
