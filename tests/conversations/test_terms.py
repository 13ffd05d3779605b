"""What search finds a message by: written by PostgreSQL, for every way a row changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from chatapp.accounts.models import User
from chatapp.conversations.folding import LOWER, folded, folded_with_places
from chatapp.conversations.models import Conversation, Message, SearchTerms
from tests.conversations.tree import say, shown

pytestmark = pytest.mark.django_db


def terms(message: Message) -> str:
    return str(SearchTerms.objects.get(message=message).terms)


def test_a_message_has_its_words_as_terms(conversation: Conversation) -> None:
    say(conversation, "Grüße from the Café, at №5!")
    found = terms(shown(conversation, "Grüße from the Café, at №5!"))
    for word in ("gruße", "from", "cafe", f"@{conversation.user_id}"):
        assert f"'{word}'" in found
    assert "!" not in found


def test_a_reply_is_found_when_its_text_is_there(conversation: Conversation) -> None:
    begun = say(conversation, "One.", "")
    assert not SearchTerms.objects.filter(message=begun.reply_message).exists()
    Message.objects.filter(pk=begun.reply_message.pk).update(text="It rains.")
    assert "'rains'" in terms(begun.reply_message)


def test_korean_and_japanese_are_found_by_pairs_of_letters(
    conversation: Conversation,
) -> None:
    said = "고양이를 좋아해. 東京に住む"
    say(conversation, said)
    found = terms(shown(conversation, said))
    for pair in ("고양", "양이", "東京", "京に", "住む", "를", "む"):
        assert f"'{pair}'" in found


def test_terms_go_with_their_message(conversation: Conversation) -> None:
    begun = say(conversation, "One.")
    assert begun.user_message is not None
    Conversation.objects.filter(pk=conversation.pk).update(leaf=None)
    Message.objects.filter(pk=begun.user_message.pk).delete()
    assert not SearchTerms.objects.filter(message=begun.user_message.pk).exists()


def test_terms_change_hands_with_their_conversation(
    conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    say(conversation, "One.")
    other = make_person("noor")
    Conversation.objects.filter(pk=conversation.pk).update(user=other)
    row = SearchTerms.objects.get(message=shown(conversation, "One."))
    assert row.owner == other
    assert f"'@{other.pk}'" in str(row.terms)
    assert f"'@{conversation.user_id}'" not in str(row.terms)


def test_a_text_that_has_too_many_terms_is_written_all_the_same(
    conversation: Conversation,
) -> None:
    long = " ".join(f"word{n:06}" * 8 for n in range(20_000))
    said = Message.objects.create(conversation=conversation, role="user", text=long)
    assert terms(said) == f"'@{conversation.user_id}'"


def test_postgresql_folds_as_python_does() -> None:
    # Letters that were there when the oldest PostgreSQL and Python were made.
    ranges = (range(1, 0x370), range(0x391, 0x530), range(0x1E00, 0x2060))
    every = "".join(chr(c) for each in ranges for c in each) + "".join(LOWER)
    every += "ｶﾞ Ｆｕｌｌ 가각 ½ … が ß"
    with connection.cursor() as cursor:
        cursor.execute("SELECT conversations_folded(%s)", [every])
        assert cursor.fetchone()[0] == folded(every)


def test_a_place_in_folded_text_is_known_in_the_text() -> None:
    text = "Cafe\u0301 Ünder"
    plain, places = folded_with_places(text)
    assert plain == folded(text) == "cafe under"
    assert text[places[plain.index("under")]] == "Ü"
