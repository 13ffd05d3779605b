"""Catalogues: the .po files that people write, and the .mo files that Django reads.

In plain Python, since GNU gettext is not everywhere where this site is worked on. Formats:
the manual of GNU gettext, "The Format of PO Files" and "The Format of GNU MO Files".
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HEADER = """Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
MIME-Version: 1.0
Language: {language}
Plural-Forms: nplurals=1; plural=0;
"""
"""Korean and Japanese have one form for one and for many."""
MAGIC = 0x950412DE


@dataclass(frozen=True, order=True)
class Key:
    """What is translated: a sentence, its form for many, its context."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def packed(self) -> bytes:
        """As it stands in a .mo file."""
        text = f"{self.context}\x04{self.text}" if self.context else self.text
        return (f"{text}\0{self.plural}" if self.plural else text).encode()


@dataclass
class Catalogue:
    """The sentences of one language, "" for what is not translated yet."""

    language: str
    sentences: dict[Key, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, language: str) -> Catalogue:
        """The .po file; an empty catalogue when there is none.

        Raises ValueError for a line that is none of a .po file's.
        """
        if not path.exists():
            return cls(language)
        return cls(language, dict(_entries(path.read_text(encoding="utf-8"))))

    def updated(self, keys: Mapping[Key, str]) -> Catalogue:
        """With exactly these keys; what was translated stays so."""
        return Catalogue(self.language, {k: self.sentences.get(k, "") for k in keys})

    def po(self, places: Mapping[Key, str]) -> str:
        """The file's text, with where each sentence stands, in the order of these."""
        header = HEADER.format(language=self.language)
        parts = [f'msgid ""\nmsgstr ""\n{_lines(header)}']
        parts += [
            _entry(key, self.sentences.get(key, ""), place)
            for key, place in places.items()
        ]
        return "\n".join(parts)

    def mo(self) -> bytes:
        """The file that gettext reads. The same for the same sentences, byte by byte."""
        header = HEADER.format(language=self.language).encode()
        rows = [(b"", header)]
        rows += [
            (k.packed, said.encode()) for k, said in self.sentences.items() if said
        ]
        rows.sort()
        begin = 7 * 4 + 16 * len(rows)
        ids, texts, where = b"", b"", []
        for packed, said in rows:
            where.append((len(packed), len(ids), len(said), len(texts)))
            ids += packed + b"\0"
            texts += said + b"\0"
        first = [n for size, at, _, _ in where for n in (size, begin + at)]
        second = [n for _, _, size, at in where for n in (size, begin + len(ids) + at)]
        tables = (MAGIC, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0, *first, *second)
        return struct.pack(f"<{len(tables)}I", *tables) + ids + texts


def _entries(text: str) -> Iterator[tuple[Key, str]]:
    for block in text.split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if not line.startswith('"'):
                name, _, line = line.partition(" ")
            if not name or not line.startswith('"'):
                msg = f"This is no line of a .po file: {line}"
                raise ValueError(msg)
            parts[name] = parts.get(name, "") + ast.literal_eval(line)
        said = parts.get("msgstr[0]", parts.get("msgstr", ""))
        if parts.get("msgid"):
            plural, context = parts.get("msgid_plural", ""), parts.get("msgctxt", "")
            yield Key(parts["msgid"], plural, context), said


def _entry(key: Key, said: str, place: str) -> str:
    lines = [f"#: {place}\n"]
    if key.context:
        lines.append(f"msgctxt {_quoted(key.context)}\n")
    lines.append(f"msgid {_quoted(key.text)}\n")
    if key.plural:
        lines.append(f"msgid_plural {_quoted(key.plural)}\n")
    lines.append(f"{'msgstr[0]' if key.plural else 'msgstr'} {_quoted(said)}\n")
    return "".join(lines)


def _lines(text: str) -> str:
    return "".join(f"{_quoted(line)}\n" for line in text.splitlines(keepends=True))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
