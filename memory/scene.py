"""What stands around a conversation in its prompt: the card, lore, a summary.

All of it is text of unknown authors: data that can open no fence and carry no label
(`memory.prompt` sees to that), and words that prove nothing about memory, since they
were in the prompt anyway (`Scene.words`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["before", "after"]
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class CardPart:
    """A part of the character's card: its name in the card ("description"), its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Lore:
    """A piece of background, brought in by its key words or always there.

    It stands on one `side` of the card's `part` ("" is the whole card), or `depth`
    messages above the newest one, 0 being right behind it, as a message of `role`.
    `why`, `words` (what brought it in) and `cut` are for whoever shows the prompt: with
    a `cut` it is not in it.
    """

    name: str
    content: str
    book: str = ""
    why: str = ""
    words: str = ""
    part: str = ""
    side: Side = "after"
    depth: int | None = None
    role: Role = "system"
    cut: str = ""


@dataclass(frozen=True)
class Summary:
    """What the conversation said at its beginning, in short.

    `covers` is how many of its messages, counted from the first.
    """

    text: str
    covers: int


@dataclass(frozen=True)
class Scene:
    """What a prompt holds besides instructions, memory and the conversation.

    `examples` are dialogues that show how the character speaks: there while they fit,
    and cut first. `tail` stands behind the newest message.
    """

    card: tuple[CardPart, ...] = ()
    lore: tuple[Lore, ...] = ()
    examples: tuple[str, ...] = ()
    summary: Summary | None = None
    tail: str = ""

    def words(self) -> list[str]:
        """Its texts: whoever repeats them has not remembered anything."""
        texts = [part.text for part in self.card]
        texts += [lore.content for lore in self.lore if not lore.cut]
        texts += self.examples
        if self.summary:
            texts.append(self.summary.text)
        return [*texts, self.tail] if self.tail else texts


BARE = Scene()
