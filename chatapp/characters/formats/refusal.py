"""The one error of this package: a file that is not taken, and why."""

from __future__ import annotations


class Refused(Exception):
    """A file can not be taken in; the text says what is wrong, to whoever brought it.

    Nothing of the file is kept.
    """
