"""Errors speak to two readers, and survive being copied."""

from __future__ import annotations

import copy
import pickle

import pytest

from memory import errors
from memory.errors import AnchorageError

ALL = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, AnchorageError)
]


def test_an_error_has_a_text_for_the_operator_and_one_for_the_person() -> None:
    error = errors.MemoryUnavailable("POST /v1/recall: HTTP 503")
    assert str(error) == "POST /v1/recall: HTTP 503"
    assert "cannot be reached" in error.user_message


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_user_message_is_plain_sentences(kind: type[AnchorageError]) -> None:
    message = kind("detail").user_message
    assert message[0].isupper()
    assert message.endswith(".")
    assert not any(word in message for word in ("HTTP", "API", "JSON", "status"))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_can_be_copied_and_pickled(kind: type[AnchorageError]) -> None:
    error = kind("detail", user_message="Wait.")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is kind
        assert (str(twin), twin.user_message) == ("detail", "Wait.")
        assert vars(twin) == vars(error)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_the_drawn_tree_names_every_class(kind: type[AnchorageError]) -> None:
    assert errors.__doc__ is not None
    tree = errors.__doc__.split("Each class")[0]
    assert f" {kind.__name__}" in tree


def test_the_tree_is_the_one_that_callers_catch() -> None:
    assert issubclass(errors.MemoryRateLimited, errors.MemoryUnavailable)
    assert issubclass(errors.ModelTimeout, errors.ModelUnavailable)
    assert not issubclass(errors.MemoryRejected, errors.MemoryUnavailable)
    rejected = {
        kind.default_status
        for kind in (
            errors.BadMemoryRequest,
            errors.BillingBlocked,
            errors.AccessDenied,
            errors.MemoryNotFound,
        )
    }
    assert rejected == {400, 402, 403, 404}
