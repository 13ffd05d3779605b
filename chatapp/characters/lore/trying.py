"""A lorebook tried with a text: which entries come in, and why each does or not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from django.conf import settings

from chatapp.characters.definition import definition
from chatapp.characters.lore.book import Book, read_book
from chatapp.characters.lore.firing import (
    Finding,
    Lorebooks,
    Situation,
    Spoken,
    placed,
)
from chatapp.characters.lore.shelf import Shelved
from chatapp.characters.lore.wording import why
from chatapp.characters.macros import Cast
from chatapp.characters.stage import Role, cast_of

MOST_SHOWN = 100
ANYBODY = "{{char}}"
"""Whom a book of one's own speaks of: whoever one talks with, so the macro stays."""


def tried(found: Shelved, text: str) -> dict[str, Any]:
    """What a prompt would get of this book alone."""
    cast = Cast(ANYBODY)
    if found.character is not None:
        cast = cast_of(definition(found.character), Role())
    book = read_book(found.data, name=found.name)
    findings = _findings(book, cast, text)
    comes = placed(findings)
    out = [finding for finding in findings if finding.fate in {"quiet", "off"}]
    would = _would_come(book, cast, text)
    nearly = [
        finding
        for finding in out
        if finding.why != "no key"
        and (finding.fate != "off" or finding.entry.number in would)
    ][:MOST_SHOWN]
    reasons = Counter(why(finding.why) for finding in out)
    reasons.subtract(why(finding.why) for finding in nearly)
    return {
        "comes": [_told(finding) for finding in comes],
        "tokens": sum(finding.tokens for finding in comes),
        "cut": [_told(finding) for finding in findings if finding.fate == "cut"],
        "quiet": [_told(finding) for finding in nearly],
        "reasons": (+reasons).most_common(),
        "is_tried": True,
    }


def _findings(book: Book, cast: Cast, text: str) -> list[Finding]:
    situation = Situation([Spoken(text)], replies=1, greeting=None)
    return Lorebooks([book], cast).findings(situation, budget=settings.LORE_TOKENS)


def _would_come(book: Book, cast: Cast, text: str) -> set[int]:
    """Which of the entries that are off would come if they were on."""
    off = [replace(entry, enabled=True) for entry in book.entries if not entry.enabled]
    if not off:
        return set()
    alone = replace(book, entries=tuple(off))
    findings = _findings(alone, cast, text)
    return {each.entry.number for each in findings if each.fate in {"in", "cut"}}


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.entry.name,
        "number": finding.entry.number,
        "why": why(finding.why, finding.detail),
        "content": finding.content,
        "tokens": finding.tokens,
    }
