"""Events come out whole however the bytes came in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.errors import ModelProtocolError
from memory.sse import MAX_EVENT, Event, EventParser


def parse(*chunks: bytes) -> list[Event]:
    parser = EventParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    last = parser.close()
    return events + ([last] if last else [])


def test_an_event_ends_with_an_empty_line() -> None:
    parser = EventParser()
    assert parser.feed(b"data: one\n") == []
    assert parser.feed(b"\n") == [Event("message", b"one")]
    assert parser.close() is None


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_lines_may_end_in_three_ways(end: bytes) -> None:
    raw = b"data: one" + end + end + b"data: two" + end + end
    assert parse(raw) == [Event("message", b"one"), Event("message", b"two")]


def test_data_of_several_lines_is_joined() -> None:
    assert parse(b'data: {\ndata:  "a": 1}\n\n') == [Event("message", b'{\n "a": 1}')]


def test_comments_ids_and_unknown_fields_are_passed_over() -> None:
    raw = b": hello\nid: 7\nretry: 5\nnoise: x\nnoise\ndata:x\n\n"
    assert parse(raw) == [Event("message", b"x")]


def test_an_event_may_have_a_name() -> None:
    assert parse(b"event: error\ndata: x\n\nevent: lost\n\ndata: y\n\n") == [
        Event("error", b"x"),
        Event("message", b"y"),
    ]


def test_a_byte_order_mark_is_no_text() -> None:
    assert parse(b"\xef\xbb\xbfdata: x\n\n") == [Event("message", b"x")]


def test_line_separators_inside_json_do_not_end_a_line() -> None:
    text = 'data: "a\u2028b\u0085c\x0bd"'.encode()
    assert parse(text + b"\n\n") == [Event("message", text[6:])]


def test_the_end_of_the_stream_ends_the_last_event() -> None:
    assert parse(b"data: [DONE]") == [Event("message", b"[DONE]")]


@pytest.mark.parametrize(
    ("raw", "began"),
    [(b"", False), (b"<html>\n\n", False), (b": hi\n", True), (b"data: x\n", True)],
)
def test_a_page_is_told_from_a_stream(raw: bytes, began: bool) -> None:
    parser = EventParser()
    parser.feed(raw)
    parser.close()
    assert parser.began is began


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([b"data: " + b"x" * 2**18] * 5, id="one-line"),
        pytest.param([b"data: " + b"x" * 2**18 + b"\n"] * 5, id="many-lines"),
    ],
)
def test_an_event_has_a_bound(chunks: list[bytes]) -> None:
    with pytest.raises(ModelProtocolError, match=str(MAX_EVENT)):
        parse(*chunks)


LINES = st.sampled_from(
    [b"data: x", b"data:", b"data: \xe6\x97\xa5", b": c", b"event: e", b"id", b"", b""]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(
    lines=st.lists(LINES, max_size=12),
    end=ENDS,
    cuts=st.lists(st.integers(0, 80), max_size=8),
)
def test_where_the_bytes_are_split_changes_nothing(
    lines: list[bytes], end: bytes, cuts: list[int]
) -> None:
    raw = end.join(lines)
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    pieces = [raw[a:b] for a, b in pairwise(edges)]
    assert parse(*pieces) == parse(raw)
