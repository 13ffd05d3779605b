"""Objects from statements that are written out: which columns, and what they make.

A query that many wait for is written out, because building it takes the ORM several
times as long as PostgreSQL takes to answer. What it reads are the models all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


class Columns(Generic[M]):
    """All columns of a model, selected from a table that is called `alias`.

    Those `without` are read when somebody looks at them.
    """

    def __init__(
        self, model: type[M], alias: str, *, without: Collection[str] = ()
    ) -> None:
        fields: Sequence[Field[Any, Any]] = [
            field for field in model._meta.concrete_fields if field.name not in without
        ]
        self._model = model
        self._names = [field.attname for field in fields]
        self._converted = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.width = len(fields)

    def made(self, row: Sequence[Any]) -> M:
        """The object of a row that begins with these columns."""
        values = list(row[: self.width])
        for place, convert in self._converted:
            if values[place] is not None:
                values[place] = convert(values[place], None, connection)
        return self._model.from_db("default", self._names, values)
