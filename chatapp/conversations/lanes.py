"""The kinds of conversation: what differs between chatting and learning.

Everything else (tree, replies, socket, memory) is the same. An app that brings a lane
registers it when Django starts; the tutor does, and this app never imports the tutor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from chatapp.accounts.models import User
from chatapp.characters.cards import Card, cards
from chatapp.characters.definition import definition
from chatapp.characters.models import Character
from chatapp.conversations.models import Conversation, Message
from memory.taxonomy import CHARACTER, Taxonomy
from memory.vetting import Vet


@dataclass(frozen=True)
class Moment:
    """What a lane adds to one turn.

    `instructions` stand behind the lane's own, `query` is what memory is asked for
    instead of the message, `vet` looks at the reply before it is shown.
    """

    instructions: str = ""
    query: str = ""
    vet: Vet | None = None


@dataclass(frozen=True)
class Remark:
    """What a lane knows of a message: `above` says what it answers, `below` its outcome.

    `tone` is "good", "open" or "quiet".
    """

    above: str = ""
    below: str = ""
    tone: str = "quiet"


@dataclass(frozen=True)
class Beside:
    """What stands below the transcript: a template with its values, and its files."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    styles: Sequence[str] = ()
    scripts: Sequence[str] = ()


def first_message(conversation: Conversation) -> str:
    """What the character says first."""
    return definition(conversation.character).first_mes


def _nothing_more(_conversation: Conversation, _message: Message) -> Moment:
    return Moment()


def _nothing_beside(_conversation: Conversation) -> Beside | None:
    return None


def _no_remarks(
    _conversation: Conversation, _messages: Sequence[Message]
) -> Mapping[UUID, Remark]:
    return {}


@dataclass(frozen=True)
class Lane:
    """One kind of conversation.

    `anchor_key` names the memory scope within the person's lane: one anchor for each
    different key. `instructions` is the start of the system message, unless the lane
    `has_card`: then the character's card makes it, with lorebooks and a summary
    (`staging.py`), and greets. `cards` are what that person can start, for galleries.

    The rest has a default that adds nothing. `greeting` is how a conversation opens.
    `heard` is told of each new message of the person's, within the transaction that
    writes it; `moment` then says what belongs to the turn that answers it. `beside` and
    `remarks` are for the page.
    """

    name: str
    taxonomy: Taxonomy
    external_id: Callable[[User], str]
    anchor_key: Callable[[Character], str]
    anchor_name: Callable[[Character], str]
    instructions: Callable[[Conversation], str]
    cards: Callable[[User | AnonymousUser], list[Card]]
    has_card: bool = False
    greeting: Callable[[Conversation], str] = first_message
    heard: Callable[[Conversation, Message], None] | None = None
    moment: Callable[[Conversation, Message], Moment] = _nothing_more
    beside: Callable[[Conversation], Beside | None] = _nothing_beside
    remarks: Callable[[Conversation, Sequence[Message]], Mapping[UUID, Remark]] = (
        _no_remarks
    )


_LANES: dict[str, Lane] = {}


def register(lane: Lane) -> None:
    """Make a lane known; its name is what `Conversation.lane` holds."""
    _LANES[lane.name] = lane


def lane_of(name: str) -> Lane:
    """The lane of that name; KeyError when no installed app brought it."""
    return _LANES[name]


CHARACTER_LANE = Lane(
    name="character",
    taxonomy=CHARACTER,
    external_id=lambda user: user.chat_external_id,
    anchor_key=lambda character: character.slug,
    anchor_name=lambda character: f"Pair with {character.name}",
    instructions=lambda conversation: f"You are {conversation.character.name}.",
    cards=cards,
    has_card=True,
)
