"""A reply that is looked at before anybody sees it.

Some replies must not say a certain thing: a tutor's not the answer to a question that
stands open. Such a reply is held back until it is whole. One that says it is written
once more with a reminder; if that says it too, it is withheld and the turn fails with
a sentence for the person. The price is that the first word comes with the last one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from memory.completion import Message
from memory.errors import ReplyWithheld
from memory.prompt import Prompt
from memory.reply import Reply, stream

if TYPE_CHECKING:
    from memory.llm import ChatModel  # brings the SDK, most of a second

Judgement = Literal["fine", "doubtful", "withheld"]
"""Doubtful is written again once and then let through, withheld never shown."""


@dataclass(frozen=True)
class Vet:
    """What is asked of a reply: `judge` gets its text without markers.

    `reminder` goes along when it is written again, `sorry` is for the person when that
    was withheld too.
    """

    judge: Callable[[str], Judgement]
    reminder: str
    sorry: str


async def vetted(
    prompt: Prompt,
    llm: ChatModel,
    vet: Vet,
    *,
    seed: int | None = None,
    so_far: str = "",
    joint: str = "",
) -> AsyncGenerator[str | Reply, None]:
    """As `reply.stream`, in one piece and looked at; raises ReplyWithheld, ModelError."""
    reply = await _whole(prompt, llm, seed, so_far, joint)
    if vet.judge(so_far + reply.text) != "fine":
        first, again = reply, _reminded(prompt, vet.reminder)
        reply = await _whole(again, llm, (seed or 0) + 1, so_far, joint)
        if vet.judge(so_far + reply.text) == "withheld":
            msg = "a reply said what it must not, twice"
            raise ReplyWithheld(msg, user_message=vet.sorry)
        reply = replace(
            reply,
            prompt_tokens=_sum(first.prompt_tokens, reply.prompt_tokens),
            completion_tokens=_sum(first.completion_tokens, reply.completion_tokens),
        )
    if reply.text:
        yield reply.text
    yield reply


async def _whole(
    prompt: Prompt, llm: ChatModel, seed: int | None, so_far: str, joint: str
) -> Reply:
    pieces = stream(prompt, llm, seed=seed, so_far=so_far, joint=joint)
    async with aclosing(pieces) as coming:
        async for piece in coming:
            if isinstance(piece, Reply):
                return piece
    msg = "a stream ended without its reply"
    raise AssertionError(msg)


def _reminded(prompt: Prompt, reminder: str) -> Prompt:
    system, *rest = prompt.messages
    told = Message(system.role, f"{system.content}\n\n{reminder}")
    return replace(prompt, messages=(told, *rest))


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second
