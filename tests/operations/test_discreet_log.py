"""What breaks while a message is in hand is told by its kind and place, not its words."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.utils.module_loading import import_string

from chatapp.accounts.models import User
from memory.errors import MemoryUnavailable

SECRET = "my sister Marta hides from the marmalade bees"


@pytest.fixture(name="lines")
def _lines() -> Iterator[io.StringIO]:
    """What the site's own handler writes; the formatter is the settings' one."""
    logged: dict[str, Any] = settings.LOGGING
    made = dict(logged["formatters"]["line"])
    formatter = import_string(made.pop("()"))(**made)
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter)
    logger = logging.getLogger("chatapp")
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


def log(error: BaseException) -> None:
    """As the code logs what it did not foresee: with the traceback, and as a value."""
    logger = logging.getLogger("chatapp.somewhere")
    logger.error("Reply %s failed", 7, exc_info=error)
    logger.warning("A flush failed, trying again: %s", error)
    logger.warning("The end could not be written: %r", error)


@pytest.mark.django_db
def test_a_row_that_the_database_refused_is_not_in_the_log(
    lines: io.StringIO,
) -> None:
    mina = User.objects.create(username="mina", first_name=SECRET)
    # PostgreSQL tells the whole row that it refuses.
    with pytest.raises(IntegrityError, match="marmalade") as caught:
        User.objects.filter(pk=mina.pk).update(is_active=None)
    log(caught.value)
    written = lines.getvalue()
    assert "marmalade" not in written
    assert "23502 accounts_user is_active" in written
    assert "test_discreet_log.py" in written


@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, RuntimeError, AssertionError, UnicodeError]
)
def test_no_foreign_error_brings_its_words_also_as_the_cause_of_another(
    lines: io.StringIO, kind: type[Exception]
) -> None:
    try:
        try:
            raise kind(SECRET)
        except kind as first:
            raise ExceptionGroup("several", [TimeoutError(), kind(SECRET)]) from first
    except ExceptionGroup as error:
        log(error)
    written = lines.getvalue()
    assert "marmalade" not in written
    assert f"{kind.__name__}: (text withheld)" in written
    assert "direct cause" in written


def test_our_own_errors_and_those_of_code_keep_their_words(lines: io.StringIO) -> None:
    log(MemoryUnavailable("the memory service answered 503"))
    log(AttributeError("'NoneType' object has no attribute 'pk'"))
    written = lines.getvalue()
    assert written.count("the memory service answered 503") == 3
    assert written.count("no attribute 'pk'") == 3


def test_what_other_handlers_get_is_as_it_was(lines: io.StringIO) -> None:
    error = ValueError(SECRET)
    record = logging.LogRecord("chatapp", 40, "f", 1, "It broke: %s", (error,), None)
    logging.getLogger("chatapp").handle(record)
    assert record.args == (error,)
    assert "marmalade" not in lines.getvalue()
