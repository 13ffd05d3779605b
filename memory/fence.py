"""Text that may stand in a prompt: it can neither close a fence nor pass for a label.

Whatever people, models, cards, lore and memories say goes through here.
"""

from __future__ import annotations

import re

# Whatever opens a tag, with anything invisible before the word; but for C++.
_FENCE = re.compile(
    r"[<\uff1c\u2039](?!(?<=#include <)memory>)(?=[^\w<>]{0,8}(?:memory|earlier)\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[\[\u3010\uff3b](?=[^\w\[\]]{0,8}m\d{1,3}\b)([^\[\]\u3010\u3011\uff3b\uff3d]*)"
    r"[\]\u3011\uff3d]",
    re.IGNORECASE,
)


def harmless(text: str) -> str:
    """The text with nothing in it that could pass for a fence or a label."""
    return unlabel(unfence(text)).strip()


def unfence(text: str) -> str:
    """The text with `<memory` made `(memory`, so that nobody can forge a fence."""
    return _FENCE.sub("(", text)


def unlabel(text: str) -> str:
    """The text with `[m1]` made `(m1)`, so that it can not pass as a citation."""
    return _LABEL.sub(r"(\1)", text)
