"""The same people and services as in conversations."""

from __future__ import annotations

from tests.conversations.conftest import (
    _no_connection_left,
    character,
    conversation,
    key,
    make_person,
    memory,
    model,
    person,
)

__all__ = [
    "_no_connection_left",
    "character",
    "conversation",
    "key",
    "make_person",
    "memory",
    "model",
    "person",
]
