"""A reply that must not say a certain thing is never shown saying it."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Sequence

import pytest

from memory.completion import Finished, Message, TextDelta
from memory.errors import ReplyWithheld
from memory.prompt import Prompt
from memory.reply import Reply
from memory.vetting import Judgement, Vet, vetted
from tests.memory.doubles import FakeModel

PROMPT = Prompt(messages=(Message("system", "Teach."), Message("user", "62?")))


def judge(text: str) -> Judgement:
    if "64" in text:
        return "withheld"
    return "doubtful" if "sixty" in text else "fine"


VET = Vet(judge, reminder="Do not say it.", sorry="It gave the answer away.")


class Drafts(FakeModel):
    """Says another draft at each call."""

    def __init__(self, *drafts: list[str]) -> None:
        super().__init__()
        self.drafts = deque(drafts)

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        seed: int | None = None,
    ) -> AsyncGenerator[TextDelta | Finished, None]:
        self.pieces = tuple(self.drafts.popleft())
        async for event in super().stream(messages, seed=seed):
            yield event


async def said(model: Drafts, so_far: str = "") -> list[str | Reply]:
    return [piece async for piece in vetted(PROMPT, model, VET, so_far=so_far)]


async def test_a_fit_reply_is_shown_in_one_piece() -> None:
    model = Drafts(["What do ", "you see?"])
    text, reply = await said(model)
    assert text == "What do you see?"
    assert isinstance(reply, Reply)
    assert len(model.history) == 1


async def test_a_doubtful_one_is_written_again_once_before_anything_is_shown() -> None:
    model = Drafts(["About sixty."], ["Count the bits."])
    text, _ = await said(model)
    assert text == "Count the bits."
    system = model.history[1][0].content
    assert system.endswith("Do not say it.")


async def test_what_is_only_doubtful_again_is_let_through() -> None:
    model = Drafts(["About sixty."], ["Near sixty."])
    assert (await said(model))[0] == "Near sixty."


async def test_what_says_it_twice_is_never_shown() -> None:
    model = Drafts(["It is 64."], ["Well, 64."])
    with pytest.raises(ReplyWithheld) as caught:
        await said(model)
    assert caught.value.user_message == "It gave the answer away."
    assert "64" not in str(caught.value)


async def test_a_continued_reply_is_looked_at_as_a_whole() -> None:
    model = Drafts(["4 it is."], ["4, then."])
    with pytest.raises(ReplyWithheld):
        await said(model, so_far="The answer is 6")
