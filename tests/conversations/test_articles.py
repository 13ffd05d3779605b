"""Articles that look the same are made once, and nothing else is shown for another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone, translation

from chatapp.conversations import shown
from chatapp.conversations.articles import Articles
from chatapp.conversations.models import Conversation, Message, Status
from chatapp.conversations.shown import Shown
from chatapp.memories.lines import MemoryLine
from tests.conversations.tree import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(conversation: Conversation) -> Shown:
    say(conversation, "One.", "**First.**")
    rows = Message.objects.select_related("generation").filter(text="**First.**")
    return shown.shown(conversation, list(rows))[0]


def test_the_same_article_is_made_once(message: Shown) -> None:
    articles: Articles[Shown] = Articles("conversations/_message.html")
    made = articles.get(message)
    assert "<strong>First.</strong>" in made
    assert articles.get(replace(message)) is made


def test_whatever_differs_is_made_anew(message: Shown) -> None:
    articles: Articles[Shown] = Articles("conversations/_message.html")
    made = articles.get(message)
    others = (
        replace(message, text="Second."),
        replace(message, status=Status.STOPPED),
        replace(message, siblings=(message.id, message.id)),
        replace(message, memory=MemoryLine(saved=1)),
    )
    for other in others:
        assert articles.get(other) != made
    with translation.override("ko"):
        assert articles.get(message) is not made
    with timezone.override("Asia/Seoul"):
        assert articles.get(message) is not made


def test_only_so_much_is_kept(message: Shown) -> None:
    size = len(Articles[Shown]("conversations/_message.html").get(message))
    articles: Articles[Shown] = Articles("conversations/_message.html", 2 * size)
    first = articles.get(message)
    for number in range(3):
        articles.get(replace(message, text=f"{number}. word"))
    assert articles.get(message) is not first


def test_what_is_being_written_is_not_kept(message: Shown) -> None:
    growing = replace(message, status=Status.STREAMING)
    assert shown.as_html(growing) is not shown.as_html(growing)
    assert shown.as_html(message) is shown.as_html(message)
