"""Redis pub/sub between the site's processes: quick, lossy, and back by itself.

A message reaches whoever listens at that moment, once or not at all. So it may only
carry what is also found elsewhere, and `up` says whether to rely on it right now.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
EVERYBODY = "anchorage:all"
BEAT_S = 0.75
"""A connection silent for this long is asked; twice as long, and it is given up."""
CONNECT_S = 2.0
AGAIN_S = 0.5
SEND_S = 1.0
FAILED = -1
AWAY = (RedisError, OSError, TimeoutError)
Frame = dict[str, Any]


def own_channel(process: str) -> str:
    """Where only that process listens."""
    return f"anchorage:to:{process}"


class Link:
    """This process's place among the others; `name` is what it is called there."""

    def __init__(
        self,
        url: str,
        received: Callable[[Frame], None],
        changed: Callable[[bool], None],
    ) -> None:
        """`received` gets each frame, `changed` whether the link is up."""
        self.name = uuid4().hex
        self.up = False
        self._url = url
        self._received = received
        self._changed = changed
        self._client: Redis | None = None

    async def run(self) -> None:
        """Listen until cancelled; a link that breaks is made again."""
        while True:
            try:
                await self._listen()
            except AWAY as exc:
                logger.warning("The link to other processes broke, again: %s", exc)
            except Exception:
                # Whatever it was, replies of other processes come by the database.
                logger.exception("The link to other processes broke, again")
            await asyncio.sleep(AGAIN_S)

    async def send(self, channel: str, frame: Frame) -> int:
        """How many processes got it; `FAILED` when that is not known."""
        if self._client is None:
            return FAILED
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
        try:
            async with asyncio.timeout(SEND_S):
                return int(await self._client.publish(channel, text))
        except AWAY as exc:
            logger.warning("Other processes were not told: %s", exc)
            return FAILED

    async def _listen(self) -> None:
        client = Redis.from_url(
            self._url,
            # Silence is no fault: redis-py would end a quiet connection after 5 s.
            socket_timeout=None,
            socket_connect_timeout=CONNECT_S,
            retry=Retry(NoBackoff(), 0),
        )
        async with client, client.pubsub() as heard:
            await heard.subscribe(EVERYBODY, own_channel(self.name))
            self._client = client
            try:
                await self._hear(heard)
            finally:
                # Before the connections are closed, which a server that hangs can make
                # a matter of seconds: until this is said, pages wait for its words.
                self._client = None
                self._set_up(False)

    async def _hear(self, heard: PubSub) -> None:
        asked = False
        while True:
            message = await heard.get_message(timeout=BEAT_S)
            if message is None:
                if asked:
                    msg = f"no answer for {BEAT_S:g} s"
                    raise TimeoutError(msg)
                await heard.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "message":
                self._take(message["data"])
            elif not self.up and heard.subscribed:
                self._set_up(True)

    def _take(self, data: bytes) -> None:
        try:
            self._received(json.loads(data))
        except (ValueError, LookupError, TypeError):
            logger.exception("A frame of another process could not be read")

    def _set_up(self, up: bool) -> None:
        if self.up != up:
            self.up = up
            self._changed(up)
