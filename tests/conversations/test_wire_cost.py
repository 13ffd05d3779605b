"""All that a page is sent of one turn: a reply of 2,300 characters costs under 25 kB."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.changes import Change, Fingerprint, look
from chatapp.conversations.consumers import ConversationConsumer
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.live import LiveReply
from chatapp.conversations.markdown import render
from chatapp.conversations.models import Conversation, Status
from chatapp.conversations.showing import Frame, Showing
from chatapp.conversations.turns import Begun, begin
from chatapp.memories.models import TurnRecord
from tests.conversations.replies import REPLY, TOKENS
from tests.conversations.test_showing import Page, show
from tests.harness import virtual_time

pytestmark = pytest.mark.django_db
MOST = 25_000
TOKENS_PER_SECOND = [20, 50]


class Socket(ConversationConsumer):
    """A page's socket that counts what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self._keeps = True
        self.frames: list[dict[str, Any]] = []
        self.bytes = 0

    async def _tell(self, frame: Frame) -> None:
        assert isinstance(frame, dict)
        self.frames.append(frame)
        self.bytes += 4 + len(json.dumps(frame, ensure_ascii=False).encode())

    def has(self, generation_id: uuid.UUID, html: str) -> None:
        """The page was shown this reply as it was written."""
        self._bodies[generation_id] = hash(html)

    def told(self, changes: list[Change]) -> None:
        for change in changes:
            async_to_sync(self._tell_message)(change)


def spoken(person: User, conversation: Conversation) -> Begun:
    conversation.refresh_from_db()
    return begin(person, conversation, "Explain it to me, please.", uuid.uuid4())


def end(begun: Begun) -> None:
    finish(
        begun.generation,
        begun.anchor.pk,
        Ended(Status.COMPLETE, REPLY, finish="stop"),
    )


def streamed(per_second: int, socket: Socket, begun: Begun) -> int:
    """What the reply's text and HTML cost; the socket knows then what the page has."""
    page = Page()
    live = show(TOKENS, page, per_second=per_second)

    async def finished() -> str:
        showing = Showing(
            live, 1, page.take, offset=len(REPLY), closed=len(page.blocks)
        )
        return await showing.finish()

    socket.has(begun.generation.pk, virtual_time.run(finished()))
    return page.bytes


@pytest.mark.parametrize("per_second", TOKENS_PER_SECOND)
def test_a_whole_turn_costs_under_25_kb_with_all_its_articles(
    person: User, conversation: Conversation, per_second: int
) -> None:
    socket = Socket()
    seen: dict[uuid.UUID, Fingerprint] = {}

    def looks() -> None:
        found = look(conversation.pk, seen)
        socket.told(list(found.changes))
        seen.update(found.seen)

    end(spoken(person, conversation))
    looks()
    socket.bytes = 0
    begun = spoken(person, conversation)
    looks()
    cost = streamed(per_second, socket, begun)
    end(begun)
    looks()
    TurnRecord.objects.update(learnt_at=timezone.now())
    looks()
    assert socket.frames[-1]["keeps"]
    assert REPLY[:20] not in socket.frames[-1]["html"]
    assert cost + socket.bytes < MOST, (cost, socket.bytes)


def test_a_page_that_has_something_else_gets_the_whole_article(
    person: User, conversation: Conversation
) -> None:
    begun = spoken(person, conversation)
    end(begun)
    socket = Socket()
    socket.has(begun.generation.pk, "<p>What was shown before a kill -9.</p>")
    (*_, reply) = look(conversation.pk, {}).changes
    socket.told([reply, reply])
    whole, short = socket.frames
    assert "keeps" not in whole
    assert reply.body in whole["html"]
    assert short["keeps"]
    assert (
        short["html"].replace(
            '<div class="closed"></div>', f'<div class="closed">{reply.body}</div>'
        )
        == whole["html"]
    )


def test_what_was_streamed_is_what_the_article_would_bring() -> None:
    live = LiveReply(uuid.uuid4(), uuid.uuid4())
    for token in TOKENS:
        live.append(token)
        live.rendering()
    live.end()
    assert "".join(live.closed_up().closed) == render(REPLY)
