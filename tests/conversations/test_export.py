"""A conversation in a file: whole, with its versions, safe wherever it is opened."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from chatapp.accounts.models import User
from chatapp.conversations import branching, deleting, export, revising
from chatapp.conversations.export import Whole, whole
from chatapp.conversations.models import Conversation
from tests.conversations.tree import answer, say, shown

pytestmark = pytest.mark.django_db


def as_json(told: Whole) -> str:
    return "".join(export.as_json(told))


def as_markdown(told: Whole) -> str:
    return "".join(export.as_markdown(told))


def as_html(told: Whole) -> str:
    return "".join(export.as_html(told))


HOSTILE = "</style><script>alert(1)</script> ![x](https://x.example/a.png) <b>"


@pytest.fixture
def forked(person: User, conversation: Conversation) -> Conversation:
    """Two wordings of the first message, and two of one below the older wording."""
    say(conversation, "One.", "First.")
    say(conversation, "Two.", "Second.")
    two = shown(conversation, "Two.")
    answer(revising.edit(person, conversation, two.pk, "Deux.", uuid.uuid4()), "Bis.")
    one = shown(conversation, "One.")
    answer(revising.edit(person, conversation, one.pk, "Uno.", uuid.uuid4()), "Primo.")
    return conversation


def test_json_has_every_message_with_its_parent_and_the_path(
    forked: Conversation,
) -> None:
    told = json.loads(as_json(whole(forked)))
    by_id = {message["id"]: message for message in told["messages"]}
    said = {message["text"] for message in told["messages"]}
    assert {"One.", "First.", "Two.", "Second.", "Deux.", "Bis.", "Uno."} < said
    path = [by_id[pk]["text"] for pk in told["path"]]
    assert path[1:] == ["Uno.", "Primo."]
    for message in told["messages"]:
        assert message["parent"] is None or message["parent"] in by_id
    assert len(by_id) == len(told["messages"])


def test_markdown_tells_each_version_once(forked: Conversation) -> None:
    text = as_markdown(whole(forked))
    for said in ("Uno.", "One.", "Two.", "Second.", "Deux.", "Bis."):
        assert text.count(f"\n\n{said}\n") == 1
    assert text.index("Primo.") < text.index("Version v1, instead of message 2")
    assert "Other versions: v1" in text


def test_the_web_page_links_every_version_and_loads_nothing(
    forked: Conversation,
) -> None:
    say(forked, HOSTILE, HOSTILE)
    page = as_html(whole(forked))
    for label in re.findall(r'href="#(v\d+)"', page):
        assert f'id="{label}"' in page
    assert "default-src 'none'" in page
    assert '<html lang="en">' in page
    with translation.override("ko"):
        assert '<html lang="ko">' in as_html(whole(forked))
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r"""(src|href)=["'](?!#|https?://x\.example)""", page)


def test_what_was_deleted_is_in_no_file(person: User, forked: Conversation) -> None:
    say(forked, "Secret.", "Yes, secret.")
    deleting.delete(person, forked, shown(forked, "Secret.").pk)
    told = whole(forked)
    for text in (as_json(told), as_markdown(told), as_html(told)):
        assert "ecret" not in text
        assert "Uno." in text


def test_a_branch_has_what_it_shares(person: User, conversation: Conversation) -> None:
    begun = say(conversation, "One.", "First.")
    branch = branching.branch(person, conversation, begun.reply_message.pk)
    say(conversation, "Elsewhere.", "Yes.")
    say(branch, "Here.", "Yes.")
    text = as_markdown(whole(branch))
    assert "One." in text
    assert "Here." in text
    assert "Elsewhere." not in text


def test_a_long_conversation_is_told_without_recursion(
    person: User, conversation: Conversation
) -> None:
    from chatapp.conversations.importing import import_chat

    lines = [json.dumps({"character_name": "Aria"})]
    lines += [
        json.dumps({"mes": f"Line {n}", "is_user": n % 2 == 0}) for n in range(3000)
    ]
    made = import_chat(person, conversation.character, "\n".join(lines).encode())
    assert as_markdown(whole(made.conversation)).count("\n\nLine ") == 3000


@pytest.mark.parametrize("kind", ["md", "json", "html"])
def test_the_file_is_its_owner_s(
    person: User, forked: Conversation, make_person: Callable[[str], User], kind: str
) -> None:
    mine, other = Client(), Client()
    mine.force_login(person)
    other.force_login(make_person("noor"))
    address = f"/c/{forked.pk}/export.{kind}"
    answered: Any = mine.get(address)
    assert answered.status_code == 200
    assert "attachment" in answered["Content-Disposition"]
    assert other.get(address).status_code == 404
