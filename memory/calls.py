"""The documented calls: what each one sends, and which answer it expects.

`MaasClient` in `client.py` makes them; here stands only the wire's shape, named as in
the documentation's wrapper. Every method raises `MemoryAPIError` and nothing else, but
for `ValueError` on nonsense from the caller's own code.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from memory.errors import BadMemoryRequest
from memory.wire import (
    Anchor,
    CheckoutSession,
    Hydrated,
    Ingested,
    Recall,
    StoredAtoms,
    confirm_feedback,
)


@dataclass(frozen=True)
class Call:
    """One request, before anybody has sent it: a POST, or a DELETE without a body.

    `writes`: the service changes something, so an unknown outcome matters.
    `at_most_once`: repeat only what surely did nothing. `retries` None is the client's
    own number. `deadline` (seconds) bounds all attempts together. `runtime`: send the
    key and the workspace.
    """

    path: str
    body: Mapping[str, object]
    method: Literal["POST", "DELETE"] = "POST"
    writes: bool = False
    at_most_once: bool = False
    retries: int | None = None
    deadline: float | None = None
    runtime: bool = True

    def encoded(self, name: str) -> bytes:
        """The body as JSON; `BadMemoryRequest` for what JSON in UTF-8 cannot carry."""
        if self.method == "DELETE":
            return b""
        try:
            text = json.dumps(self.body, ensure_ascii=False, allow_nan=False)
            return text.encode()
        except ValueError as exc:
            half = isinstance(exc, UnicodeEncodeError)
            problem = "half of a surrogate pair" if half else "a number JSON has not"
            message = f"the body holds {problem}"
            raise BadMemoryRequest(
                f"{name}: not sent: {message}", message=message
            ) from exc


class DocumentedCalls(ABC):
    """The service's API, on top of one method that makes a call."""

    @abstractmethod
    async def make(self, call: Call) -> object:
        """Send `call` as often as its promise allows; return the JSON answer."""

    async def create_anchor(
        self,
        name: str,
        *,
        type: str = "chat-log",
        metadata: Mapping[str, object],
    ) -> Anchor:
        """Create a scope; `metadata["lane"]` says which, and must stay stable."""
        body = {"name": name, "type": type, "metadata": dict(metadata)}
        return Anchor.from_json(await self.make(Call("/v1/anchors", body, writes=True)))

    async def store_atom(
        self,
        anchor_id: str,
        content: str,
        *,
        source_type: str,
        metadata: Mapping[str, object],
        confidence: float | None = None,
        chunking: bool = False,
    ) -> StoredAtoms:
        """Store one memory; `source_type` prd for lasting facts, else chat-log.

        Not repeated after a 5xx that leaves open whether it was stored: look first.
        """
        body: dict[str, object] = {
            "anchor_id": anchor_id,
            "content": content,
            "source_type": source_type,
            "metadata": dict(metadata),
            "chunking": {"enabled": chunking},
        }
        if confidence is not None:
            body["confidence"] = confidence
        call = Call("/v1/atoms", body, writes=True, at_most_once=True)
        return StoredAtoms.from_json(await self.make(call))

    async def delete_atom(self, atom_id: str) -> None:
        """Delete one memory; again is no error.

        An extension: the documented API has no delete, and answers with 404 or 405.
        """
        path = f"/v1/atoms/{quote(atom_id, safe='')}"
        await self.make(Call(path, {}, method="DELETE", writes=True))

    async def recall(
        self,
        anchor_id: str,
        query: str,
        *,
        limit: int = 8,
        timeout: float | None = None,
        retries: int = 0,
    ) -> Recall:
        """What one anchor remembers about `query`: up to `limit` items, in time."""
        body = {"anchor_id": anchor_id, "query": query, "limit": limit}
        answer = await self.make(
            Call("/v1/recall", body, retries=retries, deadline=timeout)
        )
        return Recall.from_json(answer)

    async def feedback(
        self,
        session_id: str,
        used_memory_atom_ids: Sequence[str],
        *,
        success: bool = True,
    ) -> None:
        """Tell which recalled atoms shaped the answer; none, no call.

        Sent at most once: repeated only where the service surely did nothing.
        """
        if not used_memory_atom_ids:
            raise ValueError("feedback needs at least one atom id")
        body = {
            "session_id": session_id,
            "success": success,
            "used_memory_atom_ids": list(used_memory_atom_ids),
        }
        answer = await self.make(
            Call("/v1/feedback", body, writes=True, at_most_once=True)
        )
        confirm_feedback(answer)

    async def ingest_memory(
        self,
        *,
        user_external_id: str,
        session_id: str,
        messages: Sequence[Mapping[str, str]],
    ) -> Ingested:
        """Store a transcript of `{"role": ..., "content": ...}`, oldest first."""
        body = {
            "user_external_id": user_external_id,
            "session_id": session_id,
            "messages": [dict(message) for message in messages],
        }
        return Ingested.from_json(
            await self.make(Call("/v1/memory/ingest", body, writes=True))
        )

    async def recall_user(
        self,
        query: str,
        *,
        user_external_id: str | None = None,
        session_id: str | None = None,
        anchor_id: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Recall:
        """What is remembered about a person, over all anchors.

        Somebody waits for it, as for `recall`, so it is not repeated either.
        """
        fields = {
            "user_external_id": user_external_id,
            "session_id": session_id,
            "anchor_id": anchor_id,
            "query": query,
            "limit": limit,
        }
        body = {name: value for name, value in fields.items() if value is not None}
        answer = await self.make(
            Call("/v1/memory/recall", body, retries=0, deadline=timeout)
        )
        return Recall.from_json(answer)

    async def hydrate_memory(
        self, anchor_ids: Sequence[str], query: str, *, token_budget: int
    ) -> Hydrated:
        """A block of context of at most `token_budget` tokens, and the atoms in it."""
        body = {
            "anchor_ids": list(anchor_ids),
            "query": query,
            "token_budget": token_budget,
        }
        return Hydrated.from_json(await self.make(Call("/v1/memory/hydrate", body)))

    async def create_checkout_session(
        self,
        *,
        company_name: str,
        admin_email: str,
        pricing_model: str,
        service_source: str,
    ) -> CheckoutSession:
        """Start the onboarding of a buyer, who has no key yet: none is sent."""
        body = {
            "company_name": company_name,
            "admin_email": admin_email,
            "pricing_model": pricing_model,
            "service_source": service_source,
        }
        path = "/api/v1/billing/maas/checkout-session"
        answer = await self.make(Call(path, body, writes=True, runtime=False))
        return CheckoutSession.from_json(answer)
