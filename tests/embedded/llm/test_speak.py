"""Misbehaviour on request: each name does what it says."""

from __future__ import annotations

import json
import re

import pytest

from embedded.llm.behave import Behaviour, Order
from embedded.llm.model import ScriptedModel
from embedded.llm.speak import Spoken, speak
from embedded.llm.wire import ChatMessage, ChatRequest
from tests.embedded.llm.prompts import (
    CHARACTER_TYPES,
    EVERYTHING,
    Chat,
    atoms_schema,
    turn_to_read,
)

MUSIC = "What should I listen to tonight?"


def markers(reply: str) -> list[str]:
    return re.findall(r"\[(m\d+)\]", reply)


def extraction(behaviour: Behaviour) -> Spoken:
    request = ChatRequest(
        "any",
        (ChatMessage("user", turn_to_read("I love jazz.")),),
        schema_name="memory_atoms",
        schema=atoms_schema(CHARACTER_TYPES),
    )
    return speak(request, Order(behaviour))


@pytest.mark.parametrize("name", ["Des Quaye", "Ailsa Muir"])
def test_wrong_markers_mark_what_was_not_used(name: str) -> None:
    reply = Chat(name).say(MUSIC, *EVERYTHING, order=Order(Behaviour.WRONG_MARKERS))
    (marker,) = markers(reply)
    assert marker in {"m2", "m3", "m4", "m5", "m6"}
    assert "rainy jazz playlists" not in reply


def test_markers_not_injected_name_ids_that_do_not_exist() -> None:
    order = Order(Behaviour.MARKERS_NOT_INJECTED)
    assert markers(Chat("Des Quaye").say(MUSIC, *EVERYTHING, order=order)) == ["m9"]


@pytest.mark.parametrize("said", [MUSIC, "How many moons does Jupiter have?"])
def test_memory_without_marker_uses_a_memory_unmarked(said: str) -> None:
    order = Order(Behaviour.MEMORY_WITHOUT_MARKER)
    reply = Chat("Des Quaye").say(said, *EVERYTHING, order=order)
    assert "you like rainy jazz playlists" in reply
    assert not markers(reply)


def test_broken_json_is_cut() -> None:
    text = extraction(Behaviour.BROKEN_JSON).text
    assert text.startswith("{")
    with pytest.raises(ValueError, match=r"\w"):
        json.loads(text)


def test_prose_json_is_wrapped() -> None:
    text = extraction(Behaviour.PROSE_JSON).text
    fenced = re.search(r"```json\n(.*)\n```", text, re.DOTALL)
    assert fenced
    assert json.loads(fenced[1])["atoms"]


def test_a_refusal_refuses() -> None:
    reply = Chat("Des Quaye").say(MUSIC, *EVERYTHING, order=Order(Behaviour.REFUSAL))
    assert reply == "I can't help with that."
    assert extraction(Behaviour.REFUSAL).refusal == "I can't help with that."


def test_empty_and_raw_say_exactly_that() -> None:
    assert Chat("Des Quaye").say("Hi", order=Order(Behaviour.EMPTY)) == ""
    raw = Order(Behaviour.RAW, text="One [m1][m2].")
    assert Chat("Des Quaye").say("Hi", order=raw) == "One [m1][m2]."


def test_an_order_waits_for_a_call_of_its_kind() -> None:
    assert Order(Behaviour.BROKEN_JSON).fits("structured")
    assert not Order(Behaviour.BROKEN_JSON).fits("chat")
    assert not Order(Behaviour.WRONG_MARKERS).fits("structured")
    assert Order(Behaviour.STATUS).fits("chat")
    assert not Order(Behaviour.STATUS, call="structured").fits("chat")


async def test_the_queue_comes_before_the_standing_behaviour() -> None:
    model = ScriptedModel(tokens_per_second=0, behaviour=Behaviour.EMPTY)
    model.enqueue(Order(Behaviour.RAW, text="first"))
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}]})
    contents = []
    for _ in range(2):
        answer = model.respond("POST", "/v1/chat/completions", body.encode())
        whole = b"".join([piece async for piece in answer.body])
        contents.append(json.loads(whole)["choices"][0]["message"]["content"])
    assert contents == ["first", ""]
