"""A cut-off reply is finished as it would have been; a whole one gets something more."""

from __future__ import annotations

import pytest

from embedded.llm.going_on import rest_of
from embedded.llm.prompt import MARKER
from embedded.llm.speak import speak
from embedded.llm.wire import ChatMessage, ChatRequest
from tests.embedded.llm.prompts import CHARACTERS, JAZZ, system_of, with_memory

GO_ON = "Go on with your last message, exactly from where it stops. Repeat nothing."
SAID = "What music shall I play tonight?"
COURSE = "Computer networks: first steps"


def say(name: str, so_far: str = "", course: str | None = None) -> str:
    messages = [
        ChatMessage("system", system_of(name, course)),
        ChatMessage("user", with_memory(SAID, [JAZZ])),
    ]
    if so_far:
        messages += [ChatMessage("assistant", so_far), ChatMessage("user", GO_ON)]
    return speak(ChatRequest("any", tuple(messages))).text


@pytest.mark.parametrize("name", CHARACTERS)
def test_a_reply_that_was_cut_off_anywhere_becomes_the_whole_one(name: str) -> None:
    whole = say(name)
    plain = MARKER.sub("", whole)
    for cut in range(1, len(plain)):
        assert plain[:cut] + MARKER.sub("", say(name, plain[:cut])) == plain


@pytest.mark.parametrize("course", [None, COURSE])
def test_a_whole_reply_gets_another_paragraph(course: str | None) -> None:
    whole = MARKER.sub("", say("Ailsa Muir", course=course))
    more = say("Ailsa Muir", whole, course)
    assert more.startswith("\n\n")
    assert more.strip()
    assert more.strip() not in whole
    assert "[m1]" not in more


def test_the_rest_begins_with_the_marker_that_stood_there() -> None:
    assert rest_of("You like jazz [m1]. So do I.", "You like jazz") == " [m1]. So do I."
    assert rest_of("You like jazz [m1]. So do I.", "You like jazz. So") == " do I."
    assert rest_of("You like jazz [m1].", "You like tea") == ""
