"""One look at each part of the site: does it answer, and what to do when it does not.

Used by the doctor. A check returns what it learnt or raises `Ailing` with the way out.
"""

from __future__ import annotations

from urllib.parse import quote

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, connection
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatapp import wiring
from chatapp.conversations.link import EVERYBODY
from chatapp.memories import troubled
from chatapp.memories.pause import paused
from chatapp.operations import redis_server
from chatapp.operations.migrations_state import missing_migrations
from memory.completion import Message, TextDelta
from memory.errors import (
    AccessDenied,
    AnchorageError,
    BadMemoryRequest,
    BillingBlocked,
    MemoryAPIError,
    ModelRejected,
)

HEARTBEAT_NEWER_THAN_S = 5
REDIS_S = 3.0


class Ailing(Exception):
    """Something does not work: what, and what to do about it."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


async def database() -> str:
    """It answers, and its tables are those of this version."""
    return await database_sync_to_async(_database, thread_sensitive=False)()


async def memory() -> str:
    """The smoke call of the API's quick start: recall over an anchor that is not there."""
    try:
        await wiring.memory_client().recall_user(
            "Does the memory service answer?", anchor_id="doctor", session_id="doctor"
        )
    except (BadMemoryRequest, AccessDenied) as exc:
        advice = "Check MAAS_API_KEY and MAAS_WORKSPACE_ID: they must belong together."
        raise Ailing(str(exc), advice) from exc
    except BillingBlocked as exc:
        advice = (
            "The account behind the key is blocked: settle its billing, then retry."
        )
        raise Ailing(str(exc), advice) from exc
    except MemoryAPIError as exc:
        advice = (
            "Check the embedded service's log."
            if settings.EMBEDDED_MAAS
            else "Check MAAS_BASE_URL and whether that service is up. Replies go on "
            "without memory meanwhile."
        )
        raise Ailing(str(exc), advice) from exc
    return "recall answers"


async def model() -> str:
    """The first token of a very short answer; with a paid model, it costs a few."""
    stream = wiring.chat_model().stream(
        [Message(role="user", content="Say: ok")], max_tokens=8
    )
    try:
        async for event in stream:
            if isinstance(event, TextDelta) and event.text:
                return "streams"
    except ModelRejected as exc:
        advice = "Check OPENAI_API_KEY, and that CHAT_MODEL is a model of that server."
        raise Ailing(str(exc), advice) from exc
    except AnchorageError as exc:
        advice = "Check OPENAI_BASE_URL and whether a model server runs there."
        raise Ailing(str(exc), advice) from exc
    finally:
        await stream.aclose()
    raise Ailing("The answer was empty.", "Try another CHAT_MODEL.")


async def embeddings() -> str:
    """One vector for one sentence."""
    if not settings.EMBEDDED_MAAS:
        return "the memory service makes its own"
    try:
        size = await database_sync_to_async(wiring.embed, thread_sensitive=False)(
            "Rainy jazz."
        )
    except Exception as exc:  # of whichever server or file is behind it
        advice = (
            "Check EMBEDDING_MODEL and the server at OPENAI_BASE_URL, or unset it."
            if settings.EMBEDDING_MODEL
            else "Install again: make clean demo"
        )
        raise Ailing(str(exc), advice) from exc
    return f"vectors of {size} numbers"


async def channel_layer() -> str:
    """A message to ourselves comes back."""
    layer = get_channel_layer()
    if layer is None:
        raise Ailing("There is none.", "Set CHANNEL_LAYERS.")
    try:
        name = await layer.new_channel()
        await layer.send(name, {"type": "doctor.ping"})
        await layer.receive(name)
    except Exception as exc:  # of whichever library is behind it
        advice = "Check REDIS_URL and whether that server is up, or unset it."
        raise Ailing(f"{type(exc).__name__}: {exc}", advice) from exc
    return f"a message comes back{await _redis()}"


async def _redis() -> str:
    """Which Redis the site's processes meet at, and how many of them are there."""
    url = settings.REDIS_URL
    own = redis_server.socket_path(settings.VAR_DIR)
    if not url and own.is_socket():
        url = f"unix://{quote(str(own))}"
    if not url:
        return ""
    async with Redis.from_url(url, socket_timeout=REDIS_S) as client:
        try:
            version = (await client.info("server"))["redis_version"]
            ((_, listening),) = await client.pubsub_numsub(EVERYBODY)
        except (RedisError, OSError) as exc:
            if settings.REDIS_URL:
                raise Ailing(str(exc), "Look into that server's log.") from exc
            return ""  # the socket of a demo that has ended
    return f"; Redis {version}, where {listening} web processes meet"


async def worker() -> str:
    """A worker's heartbeat is recent."""
    return await database_sync_to_async(_worker, thread_sensitive=False)()


async def learning() -> str:
    """Memory is not paused; how many turns wait, and how many failed."""
    return await database_sync_to_async(_learning, thread_sensitive=False)()


def _learning() -> str:
    try:
        if pause := paused():
            advice = "Settle that. Learning then goes on by itself, or at once by Retry"
            advice += " at Learning jobs in the admin."
            raise Ailing(f"Memory is paused: {pause.reason}", advice)
        failed = troubled.failed().values("record").distinct().count()
        waiting = troubled.waiting().count()
    except DatabaseError as exc:
        raise Ailing("Its table cannot be read.", "See the database above.") from exc
    return f"{waiting} turns wait, {failed} failed" if waiting or failed else "done"


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        missing = missing_migrations()
    except DatabaseError as exc:
        advice = (
            "Check DATABASE_URL and whether that server is up."
            if settings.DATABASE_URL
            else f"Look into {settings.VAR_DIR / 'postgres.log'}."
        )
        raise Ailing(str(exc).strip(), advice) from exc
    if missing:
        what = f"PostgreSQL {version}, but {len(missing)} migrations are missing."
        raise Ailing(what, "python manage.py migrate")
    return f"PostgreSQL {version}, migrated"


def _worker() -> str:
    advice = (
        "Start one: make demo, or python manage.py worker. Nothing is lost meanwhile."
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM now() - max(last_heartbeat))::float"
                " FROM procrastinate_workers"
            )
            age = cursor.fetchone()[0]
    except DatabaseError as exc:
        raise Ailing("Its table cannot be read.", "See the database above.") from exc
    if age is None:
        raise Ailing("No worker runs.", advice)
    if age > HEARTBEAT_NEWER_THAN_S:
        raise Ailing(f"The last sign of life is {age:.0f} s old.", advice)
    return f"sign of life {age:.1f} s ago"
