"""What is found: one's own words and replies, in every language, wherever they stand."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from chatapp.accounts.models import User
from chatapp.conversations import branching, choosing, deleting, revising, searching
from chatapp.conversations.models import Conversation
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.searching import Hit, search
from chatapp.conversations.sought import sought
from tests.conversations.tree import answer, say, shown, texts

pytestmark = pytest.mark.django_db
KEY = uuid.uuid4()


def found(user: User, query: str) -> list[Hit]:
    return list(search(user, sought(query)).hits)


def words(user: User, query: str) -> list[str]:
    return ["".join(piece for piece, _ in hit.pieces) for hit in found(user, query)]


def test_messages_and_replies_are_found_newest_first(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "I keep bees.", "Bees? How many hives?")
    say(conversation, "Three hives.", "Lovely.")
    assert words(person, "hives") == ["Three hives.", "Bees? How many hives?"]
    assert words(person, "bees") == ["Bees? How many hives?", "I keep bees."]


@pytest.mark.parametrize(
    ("said", "query"),
    [
        pytest.param("She sings in a choir.", "sing choi", id="beginnings of words"),
        pytest.param("Ein Café in Köln.", "cafe KOLN", id="without accents"),
        pytest.param("Ночью шёл СНЕГ.", "снег", id="cyrillic case"),
        pytest.param("고양이를 정말 좋아해요", "고양이", id="korean inside a word"),
        pytest.param("나는 집에 있어", "집", id="one korean letter"),
        pytest.param("週末は東京に行きます", "東京", id="japanese without spaces"),
        pytest.param("週末は東京に行きます", "東京に行", id="a longer run"),
        pytest.param("我家的猫", "猫", id="one letter at the end"),
        pytest.param("Ｆｕｌｌ ｗｉｄｔｈ", "full", id="full width"),
        pytest.param("See example.com/tea?x=1", "tea", id="inside an address"),
        pytest.param("It's the dog's.", "dog", id="apostrophes"),
        pytest.param("deep blue sea", '"blue sea"', id="a phrase"),
        pytest.param("K팝을 들어요", "k팝", id="two scripts in a word"),
    ],
)
def test_words_are_found(
    person: User, conversation: Conversation, said: str, query: str
) -> None:
    say(conversation, said, "Oh.")
    assert words(person, query) == [said]


@pytest.mark.parametrize(
    ("said", "query"),
    [
        pytest.param("deep blue wide sea", '"blue sea"', id="a phrase apart"),
        pytest.param("고양 시와 양이", "고양이", id="pairs that stand apart"),
        pytest.param("I keep bees.", "bees wasps", id="one word of two"),
        pytest.param("I keep bees.", "", id="nothing"),
        pytest.param("I keep bees!", "! ?", id="signs alone"),
        pytest.param("I keep bees.", "@1", id="somebody's number"),
        pytest.param("I keep bees.", "' & | <-> \\", id="what queries are made of"),
    ],
)
def test_what_does_not_match_is_not_found(
    person: User, conversation: Conversation, said: str, query: str
) -> None:
    say(conversation, said, "Oh.")
    assert words(person, query) == []


def test_nobody_finds_what_another_person_said(
    person: User, conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    say(conversation, "My secret garden.")
    other = make_person("noor")
    assert found(other, "secret") == []
    mine = open_conversation(other, conversation.character, "character")
    say(mine, "A secret of my own.", "Hm.")
    assert words(other, "secret") == ["A secret of my own."]


def test_a_hit_on_the_path_leads_into_the_conversation(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "I keep bees.", "Oh.")
    [hit] = found(person, "bees")
    assert hit.is_shown
    assert hit.url == (f"/c/{conversation.pk}/?at={hit.id}#message-{hit.id}")


def test_another_version_is_found_and_its_page_changes_nothing(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "I keep bees.", "Oh.")
    bees = shown(conversation, "I keep bees.")
    answer(revising.edit(person, conversation, bees.pk, "I keep ducks.", KEY), "Quack.")
    before = Conversation.objects.get(pk=conversation.pk).path_version
    [hit] = found(person, "bees")
    assert not hit.is_shown
    assert hit.url == f"/c/{conversation.pk}/m/{bees.pk}/#message-{bees.pk}"
    after = Conversation.objects.get(pk=conversation.pk).path_version
    assert before == after
    choosing.go_to(person, conversation, hit.id)
    assert texts(conversation) == ["I keep bees.", "Oh."]
    assert found(person, "bees")[0].is_shown


def test_a_version_of_a_version_is_reached(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Deep in the woods.", "Yes.")
    one = shown(conversation, "One.")
    woods = shown(conversation, "Deep in the woods.")
    answer(revising.edit(person, conversation, one.pk, "Uno.", KEY), "Due.")
    choosing.go_to(person, conversation, woods.pk)
    assert texts(conversation) == ["One.", "Re: One.", "Deep in the woods.", "Yes."]


def test_what_was_deleted_is_not_found_and_comes_back_with_the_undo(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "I keep bees.", "Oh.")
    say(conversation, "And hives.", "Many?")
    deletion = deleting.delete(
        person, conversation, shown(conversation, "I keep bees.").pk
    )
    assert words(person, "bees") == words(person, "hives") == []
    deleting.undo(person, conversation, deletion.pk)
    assert words(person, "hives") == ["And hives."]


def test_what_only_a_branch_shows_is_found_there(
    person: User, conversation: Conversation
) -> None:
    begun = say(conversation, "I keep bees.", "Oh.")
    branch = branching.branch(person, conversation, begun.reply_message.pk)
    deleting.delete(person, conversation, shown(branch, "I keep bees.").pk)
    [hit] = found(person, "bees")
    assert hit.url.startswith(f"/c/{branch.pk}/")


@pytest.mark.parametrize("scanned", [1, 1000])
def test_pages_hold_each_hit_once(
    person: User,
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
    scanned: int,
) -> None:
    monkeypatch.setattr(searching, "PAGE", 2)
    monkeypatch.setattr(searching, "SCANNED", scanned)
    for number in range(5):
        say(conversation, f"Bee {number}", "Oh.")
    query, begin, seen = sought("bee"), "", []
    for _ in range(3):
        page = search(person, query, begin)
        seen += ["".join(p for p, _ in hit.pieces) for hit in page.hits]
        begin = page.next
    assert seen == [f"Bee {number}" for number in (4, 3, 2, 1, 0)]
    assert begin == ""


@pytest.mark.parametrize("begin", ["x", "2026-01-01T00:00:00+00:00_x", "_", "\0_"])
def test_a_key_that_is_none_begins_anew(
    person: User, conversation: Conversation, begin: str
) -> None:
    say(conversation, "Bee", "Oh.")
    assert len(search(person, sought("bee"), begin).hits) == 1


def test_what_was_looked_for_is_marked_in_the_words_as_they_were_written() -> None:
    query = sought('CAFE "two words" 東京')
    text = "Das Café, two  words, in 東京都, unicafe."
    assert [piece for piece, is_hit in query.marked(text) if is_hit] == [
        "Café",
        "two  words",
        "東京",
    ]
    assert "".join(piece for piece, _ in query.marked(text)) == text


def test_an_excerpt_shows_the_first_place_and_what_stands_around_it() -> None:
    text = "word " * 200 + "needle " + "word " * 200
    pieces = searching.excerpt(text, sought("needle"))
    line = "".join(piece for piece, _ in pieces)
    assert ("needle", True) in pieces
    assert line.startswith("…")
    assert line.endswith("…")
    assert len(line) <= searching.EXCERPT_CHARS + 2
