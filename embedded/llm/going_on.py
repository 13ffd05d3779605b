"""A reply that is gone on with: what was left of it, or one thing more.

The same prompt gives the same reply, so what a cut-off reply lacks is known. One that
was whole gets another paragraph, without saying again what it remembers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from embedded.llm.converse import Reply
from embedded.llm.prompt import MARKER, Prompt

ONWARD = "Go on."


def go_on(prompt: Prompt, answer: Callable[[Prompt], Reply]) -> str:
    """What comes behind `prompt.so_far`."""
    afresh = replace(prompt, so_far="")
    rest = rest_of(answer(afresh).text, prompt.so_far)
    if rest.strip():
        return rest
    more = replace(
        afresh,
        said=ONWARD if prompt.course else prompt.said,
        past_replies=(*prompt.past_replies, prompt.so_far),
    )
    return "\n\n" + answer(more).without_memory


def rest_of(text: str, so_far: str) -> str:
    """What of a marked text comes behind an unmarked beginning of it; "" if nothing."""
    at = begun = 0
    for marker in (*MARKER.finditer(text), None):
        plain = text[at : marker.start() if marker else len(text)]
        wanted = so_far[begun : begun + len(plain)]
        if not plain.startswith(wanted):
            return ""
        begun += len(wanted)
        if begun == len(so_far):
            return text[at + len(wanted) :]
        at = marker.end() if marker else len(text)
    return ""
