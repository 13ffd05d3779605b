"""Looks at every part of the site and says what is configured, whether it answers, how
long that took, and what to do when it does not. Used by `manage.py doctor`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.conf import settings

from chatapp import wiring
from chatapp.operations import checks
from chatapp.operations.services import Service, services

EACH_WITHIN_S = 30.0
HIDDEN = "[hidden]"
CHECKS: dict[str, Callable[[], Awaitable[str]]] = {
    "Database": checks.database,
    "Memory": checks.memory,
    "Model": checks.model,
    "Embeddings": checks.embeddings,
    "Channels": checks.channel_layer,
    "Worker": checks.worker,
    "Learning": checks.learning,
}


@dataclass(frozen=True)
class Finding:
    """What was found out about one part; `advice` is empty when it is well."""

    part: str
    configured: str
    well: bool
    seconds: float
    said: str
    advice: str


async def examine() -> list[Finding]:
    """Look at every part, one after the other so that the times mean something."""
    configured = {service.name: service for service in services()}
    try:
        return [
            await _look(part, check, _words(configured.get(part)))
            for part, check in CHECKS.items()
        ]
    finally:
        await wiring.close()


async def _look(
    part: str, check: Callable[[], Awaitable[str]], configured: str
) -> Finding:
    began = time.perf_counter()
    well, advice = False, "The operator's log may say more."
    try:
        async with asyncio.timeout(EACH_WITHIN_S):
            said = await check()
        well, advice = True, ""
    except TimeoutError:
        said = f"No answer within {EACH_WITHIN_S:.0f} seconds."
    except checks.Ailing as exc:
        said, advice = exc.what, exc.advice
    except Exception as exc:  # noqa: BLE001 -- a doctor reports, whatever it is
        said = f"{type(exc).__name__}: {exc}"
    seconds = time.perf_counter() - began
    return Finding(part, configured, well, seconds, _discreet(said), advice)


def _words(service: Service | None) -> str:
    return f"{service.kind}: {service.what}" if service else "python manage.py worker"


def _discreet(text: str) -> str:
    """`text` without any key or password, whoever put one into it."""
    secrets = (
        settings.OPENAI_API_KEY,
        settings.MAAS_API_KEY,
        settings.SECRET_KEY,
        settings.DATABASES["default"].get("PASSWORD"),
    )
    for secret in filter(None, secrets):
        text = text.replace(str(secret), HIDDEN)
    return " ".join(text.split())
