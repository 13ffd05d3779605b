"""Statements that travel together: in order, all or nothing, as Django's errors."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from chatapp.accounts.models import User
from chatapp.pipeline import Asked, pipeline, pipelined, tell
from embedded.maas.sql import rows

pytestmark = pytest.mark.django_db(transaction=True)
ADD = """
    INSERT INTO django_session (session_key, session_data, expire_date)
    VALUES (%s, %s, now())
"""
COUNT = "SELECT count(*) FROM django_session"


def test_answers_come_in_the_order_of_the_questions() -> None:
    with pipelined():
        before = Asked(COUNT)
        tell(ADD, ["7", "seven"])
        after = Asked(COUNT)
        words = Asked(
            "SELECT session_data FROM django_session WHERE session_key = %s", ["7"]
        )
        assert words.all() == [("seven",)]
        assert after.one() == (1,)
        assert before.one() == (0,)
    assert Asked(COUNT).one() == (1,)


def test_a_broken_statement_undoes_those_around_it() -> None:
    with pytest.raises(IntegrityError), pipelined():
        tell(ADD, ["7", "seven"])
        tell(ADD, ["7", "again"])
        tell(ADD, ["8", "eight"])
    assert Asked(COUNT).one() == (0,)


def test_an_exception_between_them_undoes_them() -> None:
    with pytest.raises(KeyError), pipelined():
        tell(ADD, ["7", "seven"])
        raise KeyError
    assert Asked(COUNT).one() == (0,)


def test_an_unread_answer_harms_nobody() -> None:
    with pipelined():
        Asked(COUNT)
        tell(ADD, ["7", "seven"])
    assert Asked(COUNT).one() == (1,)


def test_it_is_a_part_of_the_transaction_around_it() -> None:
    with pytest.raises(KeyError), transaction.atomic():
        with pipelined():
            tell(ADD, ["7", "seven"])
        raise KeyError
    assert Asked(COUNT).one() == (0,)
    assert connection.get_autocommit()


def test_models_are_written_and_read_inside() -> None:
    with pipelined():
        ana = User.objects.create_user("ana")
        assert User.objects.get(username="ana") == ana
    assert User.objects.filter(username="ana").exists()


def test_what_is_prepared_after_a_rollback_in_a_pipeline_stays_prepared() -> None:
    with transaction.atomic():
        for _ in range(3):
            with suppress(LookupError), pipelined():
                raise LookupError
            for _ in range(2):
                assert rows("SELECT count(*) FROM django_session", []) == [(0,)]


def test_what_a_failure_kept_from_being_prepared_runs_later_on() -> None:
    ours = "SELECT count(*) AS sessions FROM django_session"
    for _ in range(connection.settings_dict["OPTIONS"]["prepare_threshold"]):
        Asked(ours).one()
    with pytest.raises(DataError), pipeline():
        tell("SELECT 1 / %s::int", [0])
        Asked(ours)  # the time at which it would be prepared
    assert Asked(ours).one() == (0,)
