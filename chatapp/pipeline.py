"""Statements that travel together: several questions, one wait for the answers.

A turn waits for a dozen small statements, and most of that is waiting for each answer
before the next question leaves. PostgreSQL answers them in order all the same, each
with what was committed before it, so nothing changes but the number of waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection, transaction
from psycopg.pq import PipelineStatus

Row = tuple[Any, ...]


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements inside wait for an answer only where one is read.

    An error of a statement is raised where the next answer is read, at the latest at
    the end, as Django's exceptions; what follows such an error inside is not run, so
    catch none in there. How many rows a queryset's `update` or `delete` touched is not
    known inside: ask with RETURNING where that matters.
    """
    connection.ensure_connection()
    database = connection.connection
    if database.pgconn.pipeline_status != PipelineStatus.OFF:
        yield  # inside another one: what is sent travels along with that
        return
    try:
        with connection.wrap_database_errors, database.pipeline():
            yield
    except Error:
        # psycopg takes what came after the failure for prepared, which was not run at
        # all: that statement would fail on this connection from then on. Nothing public
        # forgets what was prepared.
        database._prepared.clear()
        raise


@contextmanager
def pipelined() -> Iterator[None]:
    """A transaction in a `pipeline`: its beginning and its end travel along."""
    with pipeline(), transaction.atomic():
        yield


class Asked:
    """A statement on its way; its answer is waited for when it is read."""

    def __init__(
        self, statement: str, values: Mapping[str, Any] | Sequence[Any] | None = None
    ) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute(statement, values)

    def one(self) -> Row | None:
        """The first row, or None."""
        with self._cursor:
            row: Row | None = self._cursor.fetchone()
        return row

    def all(self) -> list[Row]:
        """Every row."""
        with self._cursor:
            rows: list[Row] = self._cursor.fetchall()
        return rows


def tell(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> None:
    """Send a statement whose answer nobody needs."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
