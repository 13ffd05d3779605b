"""Chats from elsewhere: whole or not at all, once, and nothing is learnt from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations import path, sillytavern
from chatapp.conversations.importing import import_chat
from chatapp.conversations.models import Conversation, Generation, Message
from chatapp.conversations.sillytavern import ChatRefused, read_chat
from chatapp.memories.models import Atom, TurnRecord
from tests.conversations.tree import messages_of, say, texts

pytestmark = pytest.mark.django_db
HEADER = {"user_name": "Mina", "character_name": "Aria", "create_date": "2024-1-2"}


def chat(*lines: Any, header: Any = HEADER) -> bytes:
    entries = [header, *lines] if header is not None else list(lines)
    return "\n".join(json.dumps(entry) for entry in entries).encode()


def own(text: str, **more: Any) -> dict[str, Any]:
    return {"name": "Mina", "is_user": True, "mes": text, **more}


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"name": "Aria", "is_user": False, "mes": text, **more}


SWIPED = chat(
    reply("Good evening.", send_date="2024-01-02 @18h30m05s123ms"),
    own("Hello.", send_date="January 2, 2024 6:31pm"),
    reply("B", swipes=["A", "B", "C"], swipe_id=1, send_date=1704220320000),
    own("More."),
)


def test_a_chat_becomes_a_conversation_and_swipes_become_versions(
    person: User, character: Character
) -> None:
    made = import_chat(person, character, SWIPED)
    assert made.fresh
    assert (made.messages, made.versions, made.hidden) == (4, 2, 0)
    shown = messages_of(made.conversation)
    assert [one.text for one in shown] == ["Good evening.", "Hello.", "B", "More."]
    assert (shown[2].sibling_number, len(shown[2].siblings)) == (2, 3)
    assert shown[0].sent_at == datetime(2024, 1, 2, 18, 30, 5, 123000, tzinfo=UTC)
    times = [one.sent_at for one in shown]
    assert times == sorted(set(times))
    assert made.conversation.title == "Hello."


def test_the_same_file_again_leads_to_the_same_conversation(
    person: User, character: Character
) -> None:
    first = import_chat(person, character, SWIPED)
    again = import_chat(person, character, SWIPED)
    assert not again.fresh
    assert again.conversation == first.conversation
    assert Message.objects.count() == 6


def test_nothing_is_learnt_from_it(person: User, character: Character) -> None:
    import_chat(person, character, chat(own("I am allergic to nuts."), reply("Oh.")))
    assert not Generation.objects.exists()
    assert not TurnRecord.objects.exists()
    assert not Atom.objects.exists()


def test_one_goes_on_from_it_as_from_any_conversation(
    person: User, character: Character
) -> None:
    conversation = import_chat(person, character, SWIPED).conversation
    conversation = Conversation.objects.get(pk=conversation.pk)
    begun = say(conversation, "And on.", "Yes.")
    assert begun.turn.history[-1].content == "More."
    assert texts(conversation)[-2:] == ["And on.", "Yes."]


def test_swipes_that_were_not_chosen_can_be_chosen(
    person: User, character: Character
) -> None:
    from chatapp.conversations import choosing

    conversation = import_chat(person, character, SWIPED).conversation
    shown = messages_of(conversation)
    choosing.select(person, conversation, shown[2].id, shown[2].siblings[0])
    assert texts(conversation) == ["Hello.", "A"]
    choosing.select(person, conversation, shown[2].siblings[0], shown[2].id)
    assert texts(conversation) == ["Hello.", "B", "More."]
    assert path.siblings(conversation.pk, []) == {}


def test_hidden_lines_are_left_out_and_counted(
    person: User, character: Character
) -> None:
    hidden = {"is_system": True, "is_user": False, "mes": "Comment"}
    made = import_chat(person, character, chat(own("Hi."), hidden, reply("Hey.")))
    assert (made.messages, made.hidden) == (2, 1)


def test_others_who_speak_are_named(person: User, character: Character) -> None:
    made = import_chat(person, character, chat(own("Hi."), reply("Hey.", name="Bo")))
    assert texts(made.conversation) == ["Hi.", "**Bo:** Hey."]


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        pytest.param(reply("X", swipes=["A"], swipe_id=0), ("A", "X"), id="edited"),
        pytest.param(reply("X", swipes="no", swipe_id="1"), ("X",), id="no swipes"),
        pytest.param(reply("X", swipes=[1, None, "X"], swipe_id=9), ("X",), id="odd"),
        pytest.param(reply("X", swipes=["X"], swipe_id=True), ("X",), id="a boolean"),
        pytest.param(reply("a\0b\ud800"), ("a\ufffdb\ufffd",), id="not storable"),
        pytest.param(reply("X", send_date="9" * 50), ("X",), id="no time"),
        pytest.param(reply("X", send_date=10**40), ("X",), id="a huge time"),
        pytest.param(reply("X", send_date="2024-99-99 @1h1m"), ("X",), id="no date"),
    ],
)
def test_odd_lines_keep_what_they_say(entry: Any, kept: tuple[str, ...]) -> None:
    [line] = read_chat(chat(entry), timezone.now()).lines
    assert line.versions == kept
    assert line.versions[line.chosen] == kept[-1]


def test_a_clock_on_a_wall_is_the_person_s(person: User, character: Character) -> None:
    person.zone = "Asia/Seoul"
    person.save()
    lines = (
        reply("A", send_date="2024-01-02 @18h30m05s123ms"),
        own("B", send_date="January 2, 2024 6:31pm"),
        reply("C", send_date="2024-01-02T09:32:00.000Z"),
    )
    made = import_chat(person, character, chat(*lines)).conversation
    times = [f"{m.sent_at.astimezone(UTC):%H:%M}" for m in messages_of(made)]
    assert times == ["09:30", "09:31", "09:32"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n\xff", "UTF-8", id="a picture"),
        pytest.param(b"hello", "Line 1 is no JSON", id="words"),
        pytest.param(chat(own("Hi."))[:-3], "Line 2 is no JSON", id="cut"),
        pytest.param(b"[1]\n", "no JSON object", id="a list"),
        pytest.param(b"[" * 100_000, "Line 1 is no JSON", id="deep"),
        pytest.param(b'{"a":' * 50_000, "Line 1 is no JSON", id="deep objects"),
        pytest.param(b'{"n": ' + b"9" * 6_000 + b"}", "Line 1 is no JSON", id="huge"),
        pytest.param(chat(), "no message", id="a header alone"),
        pytest.param(chat({"name": "Aria"}), "has no text", id="no text"),
        pytest.param(chat(reply(["x"])), "has no text", id="text is a list"),  # type: ignore[arg-type]  # what a hostile file has
        pytest.param(chat(reply("x" * 64_001)), "characters", id="a long text"),
        pytest.param(chat(reply("x", swipes=["x"] * 101)), "swipes", id="many swipes"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason_and_nothing_is_stored(
    person: User, character: Character, data: bytes, why: str
) -> None:
    with pytest.raises(ChatRefused, match=why):
        import_chat(person, character, data)
    assert not Conversation.objects.exists()


def test_sizes_are_bounded(
    person: User, character: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sillytavern, "MESSAGES", 2)
    with pytest.raises(ChatRefused, match="more than 2 messages"):
        read_chat(chat(*[own("Hi.")] * 3), timezone.now())
    monkeypatch.setattr(sillytavern, "FILE_BYTES", 10)
    with pytest.raises(ChatRefused, match="larger"):
        read_chat(chat(own("Hi.")), timezone.now())


def test_a_page_imports_the_good_files_and_tells_of_the_bad_one(
    person: User, character: Character
) -> None:
    site = Client()
    site.force_login(person)
    assert "SillyTavern" in site.get("/conversations/import/").content.decode()
    files = [
        SimpleUploadedFile("good.jsonl", SWIPED),
        SimpleUploadedFile("<bad>.jsonl", b"nonsense"),
        SimpleUploadedFile("again.jsonl", SWIPED),
    ]
    posted = {"character": character.slug, "files": files}
    page = site.post("/conversations/import/", posted).content.decode()
    assert "4 messages are here now." in page
    assert "&lt;bad&gt;.jsonl" in page
    assert "Nothing of it was stored." in page
    assert "imported before" in page
    assert Conversation.objects.count() == 1


def test_a_card_is_looked_at_before_one_goes_on_from_a_chat_with_it(
    person: User,
) -> None:
    site = Client()
    site.force_login(person)
    card = {"name": "Vane", "system_prompt": "Obey."}
    vane = Character.objects.create(
        slug="u0123456789ab", name="Vane", owner=person, card=card, needs_preview=True
    )
    made = import_chat(person, vane, SWIPED).conversation
    address = made.get_absolute_url()
    look = site.get(address)
    assert look.status_code == 302
    assert "Obey." in site.get(look.headers["Location"]).content.decode()
    onward = site.post(look.headers["Location"])
    assert onward.headers["Location"] == address
    assert "Good evening." in site.get(address).content.decode()
    elsewhere = f"/characters/{vane.slug}/preview/?next=https://x.example/"
    assert "x.example" not in site.post(elsewhere).headers["Location"]


@pytest.mark.parametrize("slug", ["", "nobody"])
def test_without_a_character_nothing_is_imported(person: User, slug: str) -> None:
    site = Client()
    site.force_login(person)
    posted = {"character": slug, "files": [SimpleUploadedFile("a.jsonl", SWIPED)]}
    page = site.post("/conversations/import/", posted).content.decode()
    assert "Choose the character" in page
    assert not Conversation.objects.exists()
