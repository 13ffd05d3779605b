"""What the scripts of a page say: their own sentences and those of what they import.

A page gets only these, so that the catalogue is not a weight that every page carries.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext, ngettext

from chatapp.language.catalogue import Key
from chatapp.language.extracting import of_script

IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+\.js)["']""")


def words_of(scripts: Sequence[str]) -> dict[str, str]:
    """English to the language of now, for `scripts` below static/, such as js/page.js.

    A sentence for one and for many has both its forms, each under its English.
    """
    said: dict[str, str] = {}
    for key in keys_of(tuple(scripts)):
        if key.plural:
            said[key.text] = ngettext(key.text, key.plural, 1)
            said[key.plural] = ngettext(key.text, key.plural, 2)
        else:
            said[key.text] = gettext(key.text)
    return {english: words for english, words in said.items() if words != english}


def keys_of(scripts: tuple[str, ...]) -> tuple[Key, ...]:
    """The keys of these scripts and of all they import, each once."""
    return _kept(scripts) if not settings.DEBUG else _read(scripts)


def _read(scripts: tuple[str, ...]) -> tuple[Key, ...]:
    base: Path = settings.STATICFILES_DIRS[0]
    waiting, seen = list(scripts), set(scripts)
    keys: dict[Key, None] = {}
    while waiting:
        name = waiting.pop()
        source = (base / name).read_text(encoding="utf-8")
        keys |= dict.fromkeys(of_script(source))
        for other in IMPORTED.findall(source):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), other))
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    return tuple(keys)


_kept = cache(_read)
