"""The kinds of conversation: what differs between chatting and learning.

Everything else (tree, replies, socket, memory) is the same. An app that brings a lane
registers it when Django starts; the tutor does, and this app never imports the tutor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from chatapp.accounts.models import User
from chatapp.characters.cards import Card, cards
from chatapp.characters.definition import definition
from chatapp.characters.models import Character
from chatapp.conversations.models import Conversation
from memory.taxonomy import CHARACTER, Taxonomy


@dataclass(frozen=True)
class Lane:
    """One kind of conversation.

    `anchor_key` names the memory scope within the person's lane: one anchor for each
    different key. `instructions` is the start of the system message. `cards` are what
    that person can start, for galleries.
    """

    name: str
    taxonomy: Taxonomy
    external_id: Callable[[User], str]
    anchor_key: Callable[[Character], str]
    anchor_name: Callable[[Character], str]
    instructions: Callable[[Conversation], str]
    cards: Callable[[User | AnonymousUser], list[Card]]


_LANES: dict[str, Lane] = {}


def register(lane: Lane) -> None:
    """Make a lane known; its name is what `Conversation.lane` holds."""
    _LANES[lane.name] = lane


def lane_of(name: str) -> Lane:
    """The lane of that name; KeyError when no installed app brought it."""
    return _LANES[name]


def _instructions(conversation: Conversation) -> str:
    said = definition(conversation.character)
    texts = (said.description, said.personality, said.scenario)
    about = "\n\n".join(text for text in texts if text)
    return (
        f"You are {said.called}.\n\n{about}\n\n"
        "Stay in character. Answer in the language the person writes in, in a few short"
        " paragraphs of Markdown. Do not write the person's part."
    )


CHARACTER_LANE = Lane(
    name="character",
    taxonomy=CHARACTER,
    external_id=lambda user: user.chat_external_id,
    anchor_key=lambda character: character.slug,
    anchor_name=lambda character: f"Pair with {character.name}",
    instructions=_instructions,
    cards=cards,
)
