"""What the site is made of right now: which parts are embedded and which are real.

Shown by `make demo` and by the doctor. Never holds a key or a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Service:
    """One part. `change` says how to replace an embedded one."""

    name: str
    kind: Literal["embedded", "real"]
    what: str
    change: str = ""


def services(*, own_redis: bool = False) -> list[Service]:
    """Database, memory, model, embeddings and channel layer, in this order.

    `own_redis`: the demo runs a Redis of its own.
    """
    channels = OWN_REDIS if own_redis else _channel_layer()
    return [_database(), _memory(), _model(), _embeddings(), channels]


OWN_REDIS = Service(
    "Channels", "embedded", "Redis, for all processes", "or set REDIS_URL"
)


def without_secrets(url: str) -> str:
    """`url` with neither user, password, query nor fragment."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _database() -> Service:
    if settings.DATABASE_URL:
        return Service("Database", "real", without_secrets(settings.DATABASE_URL))
    return Service(
        "Database", "embedded", "PostgreSQL on a Unix socket", "or set DATABASE_URL"
    )


def _memory() -> Service:
    if settings.MAAS_BASE_URL:
        return Service("Memory", "real", without_secrets(settings.MAAS_BASE_URL))
    return Service(
        "Memory",
        "embedded",
        "MaaS in this process",
        "or set MAAS_BASE_URL and MAAS_API_KEY",
    )


def _model() -> Service:
    if settings.SCRIPTED_MODEL:
        return Service(
            "Model",
            "embedded",
            "scripted demo model",
            "or set OPENAI_BASE_URL or OPENAI_API_KEY, and CHAT_MODEL",
        )
    where = without_secrets(settings.OPENAI_BASE_URL or "https://api.openai.com/v1")
    return Service("Model", "real", f"{settings.CHAT_MODEL} at {where}")


def _embeddings() -> Service:
    if settings.MAAS_BASE_URL:
        return Service("Embeddings", "real", "the memory service's own")
    if settings.EMBEDDING_MODEL:
        where = without_secrets(settings.OPENAI_BASE_URL or "https://api.openai.com/v1")
        return Service("Embeddings", "real", f"{settings.EMBEDDING_MODEL} at {where}")
    return Service(
        "Embeddings", "embedded", "WordLlama in this process", "or set EMBEDDING_MODEL"
    )


def _channel_layer() -> Service:
    if settings.REDIS_URL:
        return Service("Channels", "real", without_secrets(settings.REDIS_URL))
    return Service(
        "Channels",
        "embedded",
        "in memory of each process",
        "or set REDIS_URL",
    )
