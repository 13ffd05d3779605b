"""About how many tokens a text takes, and as much of it as fits so many."""

from __future__ import annotations

from collections.abc import Sequence

from memory.completion import Message


def tokens_in(text: str) -> int:
    """An estimate: four characters a token, one for each CJK character."""
    if text.isascii():
        return (len(text) + 3) // 4
    wide = sum(1 for character in text if character >= "\u2e80")
    return wide + (len(text) - wide + 3) // 4


def beginning(text: str, tokens: int) -> str:
    """As much of the text as that many tokens hold."""
    if tokens_in(text) <= tokens:
        return text
    if tokens < 1:
        return ""
    low, high = 0, min(len(text), 4 * tokens)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens_in(text[:middle]) < tokens:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def recent(history: Sequence[Message], budget: int) -> Sequence[Message]:
    """The newest messages that fit the budget; the last one always."""
    kept = 0
    spent = 0
    for message in reversed(history):
        spent += tokens_in(message.content)
        if kept and spent > budget:
            break
        kept += 1
    return history[len(history) - kept :]
