"""The structured call "conversation_summary": sentences of the texts, picked by rules.

Nothing is put in other words, since a script can not: the summary says so itself, and
every sentence in it is a literal one of the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from embedded.llm.wire import ChatMessage

LABEL = "Scripted summary, sentences as they were said."
MOST_WORDS = 300
_BLOCK = re.compile(
    r"<(?P<who>said_by_user|said_by_assistant|summary_so_far)>\n"
    r"(?P<text>.*?)\n</(?P=who)>",
    re.DOTALL,
)
_WORDS = re.compile(r"at most (\d+) words")
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
WHO = {"said_by_user": "User", "said_by_assistant": "Assistant"}


def summary_of(messages: Sequence[ChatMessage]) -> str:
    """The summary so far, and the first sentence of each message behind it."""
    asked = "\n".join(message.content for message in messages)
    limit = _WORDS.search(asked)
    most = min(int(limit[1]), MOST_WORDS) if limit else MOST_WORDS
    lines: list[str] = []
    for block in _BLOCK.finditer(asked):
        if block["who"] == "summary_so_far":
            lines += block["text"].removeprefix(LABEL).strip().split("\n")
        elif sentence := _first(block["text"]):
            lines.append(f"{WHO[block['who']]}: {sentence}")
    return "\n".join([LABEL, *_newest(lines, most)])


def _first(text: str) -> str:
    found = _SENTENCE.search(text.replace("*", ""))
    return " ".join(found.group().split()[:25]) if found else ""


def _newest(lines: Sequence[str], most: int) -> list[str]:
    """As many of the last lines as have room."""
    kept: list[str] = []
    for line in reversed(lines):
        most -= len(line.split())
        if most < 0:
            break
        kept.append(line)
    return kept[::-1]
