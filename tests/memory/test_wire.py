"""The documented answers, read field by field; source: the service's documentation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memory.errors import MemoryProtocolError
from memory.wire import (
    Anchor,
    CheckoutSession,
    Hydrated,
    Ingested,
    Recall,
    StoredAtoms,
    confirm_feedback,
)

ITEM = {"atom_id": "a1", "content": "User likes rainy jazz playlists.", "score": 0.9121}


def test_a_recall_is_its_items_and_its_session() -> None:
    recall = Recall.from_json({"items": [ITEM], "session_id": "s1"})
    assert recall.session_id == "s1"
    assert recall.items[0].atom_id == "a1"
    assert recall.items[0].content == "User likes rainy jazz playlists."
    assert recall.items[0].score == 0.9121


def test_a_user_scoped_recall_may_lack_its_session() -> None:
    assert Recall.from_json({"items": []}).session_id is None
    assert Recall.from_json({"items": [], "session_id": None}).session_id is None


def test_an_anchor_needs_only_its_id() -> None:
    assert Anchor.from_json({"anchor_id": "x"}) == Anchor("x", "", "")
    whole = Anchor.from_json(
        {"anchor_id": "x", "name": "N", "type": "chat-log", "metadata": {"lane": "l"}}
    )
    assert whole == Anchor("x", "N", "chat-log", {"lane": "l"})


def test_stored_atoms_count_themselves_where_the_service_does_not() -> None:
    assert StoredAtoms.from_json({"atom_ids": ["a", "b"]}).stored_count == 2
    answer = {"atom_ids": ["a"], "stored_count": 1, "service_source": "x"}
    assert StoredAtoms.from_json(answer) == StoredAtoms(("a",), 1, "x")


def test_hydrate_names_its_atoms() -> None:
    hydrated = Hydrated.from_json({"context_text": "- x", "used_atom_ids": ["a"]})
    assert hydrated == Hydrated("- x", ("a",))


def test_a_checkout_session_needs_its_id_and_where_to_pay() -> None:
    answer = {"checkout_session_id": "cs", "url": "https://pay.test", "new": 1}
    session = CheckoutSession.from_json(answer)
    assert session.url == "https://pay.test"
    assert session.extra == {"new": 1}


def test_unknown_fields_are_kept() -> None:
    recall = Recall.from_json({"items": [ITEM | {"type": "x"}], "service_source": "y"})
    assert recall.extra == {"service_source": "y"}
    assert recall.items[0].extra == {"type": "x"}


def test_text_that_no_database_takes_is_mended() -> None:
    recall = Recall.from_json({"items": [ITEM | {"content": "a\ud800b\0"}]})
    assert recall.items[0].content == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param({}, Ingested((), 0, None), id="nothing"),
        pytest.param(
            {"atom_ids": ["a"], "stored_count": 3, "session_id": "s"},
            Ingested(("a",), 3, "s"),
            id="everything",
        ),
        pytest.param(
            {"atom_ids": "a", "stored_count": True, "session_id": 5},
            Ingested(
                (), 0, None, {"atom_ids": "a", "stored_count": True, "session_id": 5}
            ),
            id="other-kinds",
        ),
    ],
)
def test_ingest_is_read_tolerantly(answer: object, expected: Ingested) -> None:
    assert Ingested.from_json(answer) == expected


@pytest.mark.parametrize(
    ("read", "answer", "field"),
    [
        pytest.param(Recall.from_json, [], "JSON object", id="no-object"),
        pytest.param(Recall.from_json, {}, "'items' is missing", id="no-items"),
        pytest.param(
            Recall.from_json, {"items": {}}, "'items' is not a list", id="no-list"
        ),
        pytest.param(Recall.from_json, {"items": [1]}, "JSON object", id="bad-item"),
        pytest.param(
            Recall.from_json, {"items": [ITEM | {"atom_id": " "}]}, "'atom_id'", id="id"
        ),
        pytest.param(
            Recall.from_json,
            {"items": [ITEM | {"content": None}]},
            "'content' is not a string",
            id="content",
        ),
        *(
            pytest.param(
                Recall.from_json,
                {"items": [ITEM | {"score": score}]},
                "'score'",
                id=f"score-{i}",
            )
            for i, score in enumerate(["1", True, float("nan"), 10**400])
        ),
        pytest.param(
            Recall.from_json,
            {"items": [], "session_id": 5},
            "'session_id' is not a string",
            id="session",
        ),
        pytest.param(Anchor.from_json, {}, "'anchor_id' is missing", id="anchor"),
        pytest.param(
            Anchor.from_json,
            {"anchor_id": "x", "metadata": []},
            "'metadata' is not an object",
            id="metadata",
        ),
        pytest.param(
            StoredAtoms.from_json, {"atom_ids": []}, "names no atom", id="no-atoms"
        ),
        pytest.param(
            StoredAtoms.from_json, {"atom_ids": [7]}, "not an id", id="atom-ids"
        ),
        pytest.param(
            StoredAtoms.from_json,
            {"atom_ids": ["a"], "stored_count": -1},
            "'stored_count' is not a count",
            id="count",
        ),
        pytest.param(
            Hydrated.from_json, {"used_atom_ids": []}, "'context_text'", id="hydrate"
        ),
        pytest.param(confirm_feedback, {"ok": False}, "'ok' is not true", id="not-ok"),
        pytest.param(confirm_feedback, {}, "'ok' is missing", id="no-ok"),
    ],
)
def test_a_broken_answer_names_its_field(
    read: Callable[[object], object], answer: object, field: str
) -> None:
    with pytest.raises(MemoryProtocolError, match=field):
        read(answer)


def test_a_confirmed_feedback_passes() -> None:
    confirm_feedback({"ok": True})
