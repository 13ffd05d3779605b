"""A scope is called by its character's name, or by the tutors'; many at once in one query."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from chatapp.characters.models import Character
from chatapp.memories.known_by import TUTORS, names, who

pytestmark = pytest.mark.django_db


def test_many_scopes_are_named_in_one_query(
    character: Character, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scopes = [("character", "aria"), ("character", "gone"), ("tutor", "learner")]
    with django_assert_num_queries(1):
        told = names(scopes)
    assert list(told.values()) == [character.name, "gone", TUTORS]
    assert {scope: who(*scope) for scope in scopes} == told
