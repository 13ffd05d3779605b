"""Compares a few words with the expected ones: case, spaces and quotes do not count.

With the form `exact` (what a program prints) case does count. Addresses are found in
a sentence around them.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from tutor.content.course import Item
from tutor.content.readable import Finding, Unreadable, gives_up

LONGEST = 200
"""Characters of a short text; longer ones are asked for again."""

_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "−": "-", "–": "-"})
_LEAD = re.compile(
    r"^(?:(?:i (?:think|guess|believe)|maybe|probably|it(?:'s| is| prints?| gives| says)"
    r"|that(?:'s| is)|the (?:answer|result|output|address|network) (?:is|would be)"
    r"|answer:|a|an|the)\s+)+"
)
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?:/\d{1,2})?")


def compare(item: Item, answer: str) -> Finding:
    """Grade a short text against the answer and the other accepted ones."""
    if len(answer) > LONGEST:
        raise Unreadable(_("That is too long for this question: a few words will do."))
    wanted = [item.answer, *item.accepts]
    exact = item.form == "exact"
    known = [*wanted, *item.distractors]
    if gives_up(answer) and not any(_same(answer, each, exact) for each in known):
        raise Unreadable(_("That is no answer yet. A hint may help."))
    given = _address_in(item.answer, answer) or answer
    shown = normal(given, exact=exact)
    if any(_same(given, each, exact) for each in wanted):
        return Finding(True, shown)
    wrong = (m for text, m in item.distractors.items() if _same(given, text, exact))
    return Finding(False, shown, next(wrong, None))


def normal(text: str, *, exact: bool = False) -> str:
    """The text as it is compared."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).strip()
    text = re.sub(r"\A(`{1,3})(.*)\1\Z", r"\2", text, flags=re.DOTALL).strip()
    if exact:
        lines = (re.sub(r"[ \t]+", " ", line.strip()) for line in text.splitlines())
        joined = "\n".join(line for line in lines if line)
        return re.sub(r" ?([,:\[\](){}]) ?", r"\1", joined)
    text = re.sub(r"\s+", " ", text.casefold()).strip(" .!?;,\"'`")
    return _LEAD.sub("", text)


def _same(left: str, right: str, exact: bool) -> bool:
    return normal(left, exact=exact) == normal(right, exact=exact)


def _address_in(wanted: str, answer: str) -> str | None:
    """The one address of an answer, where an address is asked for."""
    if not _ADDRESS.fullmatch(wanted.strip()):
        return None
    found = _ADDRESS.findall(unicodedata.normalize("NFKC", answer))
    if len(set(found)) != 1:
        raise Unreadable(_("Give one address with four numbers, such as 192.0.2.1."))
    return str(found[0])
