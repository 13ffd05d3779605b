"""Where the cases run: in process, over HTTP, or at the hosted service."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.conformance.cases import ACME, EDITORIAL, TUTOR, Any_, Step
from tests.harness.waiting import eventually

WORKSPACES = (ACME, TUTOR, EDITORIAL)
HOSTED_URL = os.environ.get("CONFORMANCE_BASE_URL", "").rstrip("/").removesuffix("/v1")
HOSTED_KEY = os.environ.get("CONFORMANCE_API_KEY", "")
HOSTED_WORKSPACE = os.environ.get("CONFORMANCE_WORKSPACE_ID", "")
FINDABLE_S = 20.0  # a service may index what it stored a little later
NAME = re.compile(r"\{(\w+)\}")


@dataclass
class Target:
    """A service that speaks the API, a key for it, and what was captured so far.

    `embedded` services also answer what this project adds to the documentation.
    """

    http: httpx.AsyncClient
    key: str
    workspaces: Mapping[str, str]
    embedded: bool = True
    captured: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A lane answers the anchor it had: each run has its own.
        self.captured["run"] = f"conformance-{uuid.uuid4().hex[:12]}"

    async def post(
        self, path: str, body: object, *, workspace: str = ACME, **headers: str | None
    ) -> httpx.Response:
        """POST with the documentation's headers; one set to None is left out."""
        own: dict[str, str | None] = {
            "Authorization": f"Bearer {self.key}",
            "X-Workspace-Id": self.workspaces[workspace],
            "Content-Type": "application/json",
        }
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in own.items() if value is not None}
        raw = (
            body if isinstance(body, bytes) else json.dumps(self.filled(body)).encode()
        )
        return await self.http.post(path, content=raw, headers=sent)

    async def run(self, step: Step) -> dict[str, Any]:
        """Do a step, check its answer, keep what it captures."""

        async def found() -> dict[str, Any]:
            answer = await self._answered(step)
            texts = str(answer.get("items", "")) + str(answer.get("context_text", ""))
            assert step.finds in texts
            return answer

        answer: dict[str, Any] = await eventually(
            found, f"{step.finds!r} is found", within=FINDABLE_S
        )
        for name, where in step.captures.items():
            value: Any = answer
            for part in where.split("."):
                value = value[int(part)] if part.isdigit() else value[part]
            self.captured[name] = value
        return answer

    async def _answered(self, step: Step) -> dict[str, Any]:
        got = await self.post(step.path, step.body, workspace=step.workspace)
        assert got.status_code == httpx.codes.OK, f"{step.path}: {got.text}"
        answer: dict[str, Any] = got.json()
        for name, value in step.answer.items():
            assert name in answer, f"{step.path} answers no {name}: {answer}"
            wanted = value if isinstance(value, Any_) else self.filled(value)
            assert answer[name] == wanted, f"{name} of {step.path}"
        for item in answer.get("items", []):
            assert {"atom_id", "content", "score"} <= set(item)
            assert 0 <= item["score"] <= 1
        return answer | {"_": True}  # true also when nothing was to be answered

    def filled(self, value: Any) -> Any:
        """The value with captured ids in the places of their names."""
        if isinstance(value, dict):
            return {name: self.filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        if isinstance(value, str):
            return NAME.sub(lambda m: self.captured.get(m[1], m[0]), value)
        return value


@asynccontextmanager
async def in_process() -> AsyncIterator[Target]:
    """The embedded service without a socket."""
    from embedded.maas.asgi import application

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application), base_url="http://maas"
    ) as http:
        yield await _with_key(http)


@asynccontextmanager
async def over_http(url: str, key: str) -> AsyncIterator[Target]:
    """The embedded service as another process serves it."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        yield Target(http, key, {name: name for name in WORKSPACES})


@asynccontextmanager
async def hosted() -> AsyncIterator[Target]:
    """The hosted service: one workspace takes the place of all."""
    async with httpx.AsyncClient(base_url=HOSTED_URL, timeout=30) as http:
        workspaces = dict.fromkeys(WORKSPACES, HOSTED_WORKSPACE)
        yield Target(http, HOSTED_KEY, workspaces, embedded=False)


def hosted_host() -> str:
    """The host that these tests alone may reach."""
    return urlsplit(HOSTED_URL).hostname or ""


async def _with_key(http: httpx.AsyncClient) -> Target:
    from channels.db import database_sync_to_async

    from embedded.maas.provision import issue

    first, *more = WORKSPACES
    make = database_sync_to_async(issue)
    key = await make(first, "enterprise-tutor", more=more)
    return Target(http, key, {name: name for name in WORKSPACES})
