"""Which services this process talks to: the real ones, or the embedded stand-ins.

The only place besides settings and urls that knows `embedded`. One memory client and
one model per process and event loop, made when first needed: making one costs 27 ms.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection

from memory.breaker import Breaker
from memory.client import MaasClient

if TYPE_CHECKING:
    from embedded.postgres import EmbeddedPostgres
    from memory.llm import ChatModel

T = TypeVar("T")
SCRIPTED = "anchorage-scripted"
"""The model id of the scripted model: never passed off as more."""
BREAKER = Breaker()
"""Whether the memory service answers this process, in all its event loops."""


def memory_client() -> MaasClient:
    """This process's client of the memory service."""
    return _per_loop("memory", _new_memory_client)


def chat_model() -> ChatModel:
    """This process's chat model."""
    return _per_loop("model", _new_chat_model)


async def load_model() -> None:
    """Load the model's SDK in a thread: it takes most of a second, and pages need none."""
    await asyncio.to_thread(importlib.import_module, "memory.llm")


def chat_model_name() -> str:
    """What turn records call the model."""
    return SCRIPTED if settings.SCRIPTED_MODEL else settings.CHAT_MODEL


async def close() -> None:
    """Close what this event loop has opened."""
    opened = _CLIENTS.pop(asyncio.get_running_loop(), {})
    for client in opened.values():
        await client.aclose()


@contextmanager
def database_server() -> Iterator[EmbeddedPostgres | None]:
    """Holds the embedded PostgreSQL for the block; None when DATABASE_URL is set."""
    if settings.DATABASE_URL:
        yield None
        return
    from embedded.postgres import EmbeddedPostgres  # brings a 60 MB package along

    with EmbeddedPostgres(settings.VAR_DIR) as server:
        yield server


def remove_database() -> None:
    """Delete the embedded PostgreSQL's data; RuntimeError while somebody uses it."""
    from embedded.postgres import EmbeddedPostgres  # only for this command

    EmbeddedPostgres(settings.VAR_DIR).remove()


def postgres_programs() -> Path:
    """Where `pg_dump`, `pg_restore` and `psql` are."""
    from embedded.postgres import PROGRAMS  # only for backups

    return PROGRAMS


def embed(text: str) -> int:
    """How many numbers the embedded memory service's embedder makes of `text`."""
    from embedded.maas.embedder import embedder  # loads its table

    return int(embedder().vectors([text]).shape[1])


def local_vectors(lines: list[str]) -> Any:
    """Unit vectors of WordLlama, one row a line; made in this process, offline."""
    return _local_embedder().vectors(lines)


@cache
def _local_embedder() -> Any:
    from embedded.maas.embedder import WordLlamaEmbedder  # loads its table

    return WordLlamaEmbedder()


@cache
def site_key() -> str:
    """The site's own key for the embedded memory service, made when it is missing."""
    from embedded.maas.provision import site_key as provide  # needs loaded models

    def provide_and_let_go() -> str:
        try:
            return provide(
                settings.VAR_DIR,
                settings.MAAS_WORKSPACE_ID,
                settings.MAAS_SERVICE_SOURCE,
            )
        finally:
            connection.close()

    # In a thread of its own: the first caller may be on an event loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(provide_and_let_go).result()


def memory_app() -> Any:
    """The embedded memory service as an ASGI application."""
    from embedded.maas.asgi import application  # needs loaded models

    return application


def _new_memory_client() -> MaasClient:
    if settings.EMBEDDED_MAAS:
        return MaasClient.from_asgi(
            memory_app(),
            api_key=site_key(),
            workspace_id=settings.MAAS_WORKSPACE_ID,
            breaker=BREAKER,
        )
    return MaasClient(
        settings.MAAS_BASE_URL,
        settings.MAAS_API_KEY,
        settings.MAAS_WORKSPACE_ID,
        breaker=BREAKER,
    )


def second_model() -> ChatModel | None:
    """The small model that is asked about doubtful memories; None when it is off."""
    if not settings.EVALUATE_MODEL or settings.SCRIPTED_MODEL:
        return None
    return _per_loop("second", partial(_new_chat_model, settings.EVALUATE_MODEL))


def _new_chat_model(extract_model: str = "") -> ChatModel:
    from memory.llm import ChatModel, ModelTimeouts  # brings the SDK: see `load_model`

    timeouts = ModelTimeouts(
        connect=settings.MODEL_CONNECT_S,
        first_token=settings.MODEL_FIRST_TOKEN_S,
        between_tokens=settings.MODEL_BETWEEN_TOKENS_S,
        total=settings.MODEL_TOTAL_S,
    )
    if settings.SCRIPTED_MODEL:
        from embedded.llm.transport import ScriptedTransport  # only when it is used

        return ChatModel(
            model=SCRIPTED,
            api_key="",
            base_url="http://scripted.localhost/v1",
            timeouts=timeouts,
            transport=ScriptedTransport(),
        )
    return ChatModel(
        model=settings.CHAT_MODEL,
        extract_model=extract_model or settings.EXTRACT_MODEL,
        api_key=settings.OPENAI_API_KEY,
        base_url=settings.OPENAI_BASE_URL or None,
        timeouts=timeouts,
    )


_CLIENTS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Any]] = (
    WeakKeyDictionary()
)


def _per_loop(name: str, make: Callable[[], T]) -> T:
    """One client per event loop: its connections belong to the loop they began on."""
    clients = _CLIENTS.setdefault(asyncio.get_running_loop(), {})
    if name not in clients:
        clients[name] = make()
    client: T = clients[name]
    return client
