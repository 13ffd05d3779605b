"""How a reply ends when the stream does not end it properly."""

from __future__ import annotations

import pytest

from memory.errors import ModelInterrupted, ModelUnavailable
from memory.streamed import StreamedReply
from tests.memory.fakes import DONE, delta, event


def reply() -> StreamedReply:
    return StreamedReply("call", str)


def test_a_reply_is_its_text_and_its_end() -> None:
    said = reply()
    assert list(said.feed(delta("Hi") + delta(None, "stop") + DONE)) == ["Hi"]
    assert said.take_progress()
    assert not said.take_progress()
    assert said.done
    assert said.finished().reason == "stop"


def test_an_event_torn_by_the_end_is_an_interruption() -> None:
    said = reply()
    assert list(said.feed(delta("Hi") + b'data: {"choices": [')) == ["Hi"]
    assert list(said.close()) == []
    with pytest.raises(ModelInterrupted):
        said.finished()


def test_the_last_event_may_lack_its_empty_line() -> None:
    said = reply()
    assert list(said.feed(delta("Hi", "stop").rstrip())) == []
    assert list(said.close()) == ["Hi"]
    assert said.finished().reason == "stop"


def test_text_that_waited_for_its_other_half_comes_out_at_the_end() -> None:
    said = reply()
    assert list(said.feed(delta("Hi\ud83d", "stop") + DONE)) == ["Hi"]
    assert list(said.close()) == ["\ufffd"]


def test_nothing_after_done_counts() -> None:
    said = reply()
    late = event({"error": {"message": "late"}})
    assert list(said.feed(delta("Hi", "stop") + DONE + late)) == ["Hi"]


def test_text_before_an_error_is_handed_on_first() -> None:
    said = reply()
    pieces = said.feed(delta("Hi") + event({"error": {"message": "broke"}}))
    assert next(pieces) == "Hi"
    with pytest.raises(ModelInterrupted, match="broke"):
        next(pieces)


@pytest.mark.parametrize("data", [b"{", b"5"])
def test_an_error_event_need_not_hold_json_objects(data: bytes) -> None:
    with pytest.raises(ModelUnavailable):
        list(reply().feed(b"event: error\ndata: " + data + b"\n\n"))


def test_an_error_that_says_nothing_is_still_told() -> None:
    said = StreamedReply("call", lambda text: "")
    with pytest.raises(ModelInterrupted, match="no reason given"):
        list(said.feed(delta("Hi") + event({"error": {"x": 1}})))
