"""How large a card may be. The specifications set no limits; these are ours.

Together they hold one file below 50 MB of memory, whatever it claims to be: the sizes
of what is decoded, and the counts of what takes more memory than bytes.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from chatapp.characters.formats.refusal import Refused

MB = 2**20
PNG_BYTES = 16 * MB
JSON_BYTES = 4 * MB
CARD_BYTES = 2 * MB
"""Of a card's JSON inside a picture or an archive."""
ARCHIVE_BYTES = 64 * MB
ARCHIVE_FILES = 500
ARCHIVE_INDEX_BYTES = MB // 4
PICTURE_BYTES = 16 * MB
PIXELS = 2048 * 3072
CHUNKS = 8192
"""A PNG writer makes a chunk of every 8 kB or so."""

BRACKETS = 40_000
QUOTES = 400_000
COMMAS = 250_000
DEPTH = 64
NAME_CHARS = 200
GREETINGS = 200
ENTRIES = 2000


def megabytes(size: int) -> str:
    """A size for people."""
    return _("%(size).1f MB") % {"size": size / MB}


def at_most(size: int, limit: int, what: str) -> None:
    """Refuse what is larger than `limit` bytes."""
    if size > limit:
        raise Refused(
            _("%(what)s is larger than %(limit)s, the most that is read.")
            % {"what": what, "limit": megabytes(limit)}
        )
