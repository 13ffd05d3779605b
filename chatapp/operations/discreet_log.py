"""The log's lines, without words of a conversation, also where something broke.

The text of a foreign error may hold what was in hand: PostgreSQL tells the whole row
that it refused, a parser what it could not read. So of such an error the log has its
kind and its place, and of PostgreSQL's also the state and the names; the words are
withheld. Our own errors are made to be quoted (`memory.discretion`).
"""

from __future__ import annotations

import copy
import logging
import traceback
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, OperationalError

from memory.errors import AnchorageError

WITHHELD = "(text withheld)"
LONGEST = 200
TELLS_OF_CODE = (
    *(OSError, ImportError, AttributeError, NameError, TypeError, RecursionError),
    *(ImproperlyConfigured, OperationalError),
)
"""Their texts speak of code, files and connections."""
CAUSED = "\nThe above exception was the direct cause of the following exception:\n"
MEANWHILE = "\nDuring handling of the above exception, another exception occurred:\n"

_ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


class DiscreetFormatter(logging.Formatter):
    """As the library's, but errors are told as `told` tells them."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback behind it where there is one."""
        mine = copy.copy(record)  # other handlers have words of their own
        mine.exc_text = None
        if isinstance(record.args, tuple):
            mine.args = tuple(
                told(arg) if isinstance(arg, BaseException) else arg
                for arg in record.args
            )
        return super().format(mine)

    def formatException(self, ei: _ExcInfo) -> str:
        """Where it broke, and what led to it."""
        return "\n".join(_lines(ei[1], set())) if ei[1] else ""


def told(error: BaseException) -> str:
    """The kind of the error, and as much of its text as may stand in a log."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{kind.removeprefix('builtins.')}: {_text(error)}"


def _text(error: BaseException) -> str:
    if isinstance(error, AnchorageError):
        return str(error)
    if isinstance(error, TELLS_OF_CODE):
        return str(error).partition("\n")[0][:LONGEST]
    state = _state(error.__cause__ if isinstance(error, Error) else error)
    return f"{WITHHELD} {state}".rstrip()


def _state(error: BaseException | None) -> str:
    """What PostgreSQL says of an error that is a name, and no value."""
    diag = getattr(error, "diag", None)
    names = ("sqlstate", "table_name", "column_name", "constraint_name")
    return " ".join(str(told) for n in names if (told := getattr(diag, n, None)))


def _lines(error: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(error))
    lines = []
    hidden = error.__suppress_context__
    before = error.__cause__ or (None if hidden else error.__context__)
    if before is not None and id(before) not in seen:
        lines += _lines(before, seen)
        lines.append(CAUSED if error.__cause__ else MEANWHILE)
    lines.append("Traceback (most recent call last):")
    lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    lines.append(told(error))
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            lines += _lines(each, seen) if id(each) not in seen else []
    return lines
