"""`GET /v1/openapi.json`: the memory API as an OpenAPI 3.1 document.

schemathesis holds the service against it in the tests, so it may be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from embedded.maas.errors import (
    BadRequest,
    BillingBlocked,
    BillingPaused,
    Forbidden,
    MaasError,
    NotFound,
    PriceMissing,
    RateLimited,
)
from embedded.maas.examples import EXAMPLES
from embedded.maas.schemas import SCHEMAS, ref

ABOUT = """\
Memory as a service: anchors hold atoms, recall finds them again, feedback tells which
of them helped. Send a key (`Authorization: Bearer` or `x-api-key`) and `X-Workspace-Id`
with every call below /v1. A missing or wrong key is 400, not 401.

Text may hold neither NUL nor half of a surrogate pair; a body has at most 2,000,000
bytes and nests at most 32 deep. A refused request has stored nothing.
"""
KEYED = (BadRequest, BillingBlocked, Forbidden, RateLimited, MaasError)
WORKSPACE = {
    "name": "X-Workspace-Id",
    "in": "header",
    "required": True,
    "description": "A workspace that the key is for; any other is 403.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 300},
    "example": "acme-prod",
}
ATOM_ID = {
    "name": "atom_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "example": EXAMPLES["StoredAtoms"]["atom_ids"][0],
}


@dataclass(frozen=True)
class Operation:
    """One path and method; `body` and `answer` name schemas and their examples."""

    path: str
    method: str
    name: str
    summary: str
    answer: str
    body: str = ""
    errors: tuple[type[MaasError], ...] = KEYED
    keyed: bool = True


OPERATIONS = (
    Operation(
        "/v1/anchors",
        "post",
        "createAnchor",
        "Create a memory scope, or find the one with this metadata.lane",
        "Anchor",
        "NewAnchor",
    ),
    Operation(
        "/v1/atoms",
        "post",
        "storeAtom",
        "Store a memory in an anchor",
        "StoredAtoms",
        "NewAtom",
        (*KEYED, NotFound),
    ),
    Operation(
        "/v1/atoms/{atom_id}",
        "delete",
        "deleteAtom",
        "Forget a memory (an extension of the hosted service's API)",
        "Done",
        errors=(*KEYED, NotFound),
    ),
    Operation(
        "/v1/recall",
        "post",
        "recall",
        "Recall from one anchor",
        "Recalled",
        "Recall",
        (*KEYED, NotFound),
    ),
    Operation(
        "/v1/feedback",
        "post",
        "feedback",
        "Say which recalled memories helped",
        "Done",
        "Feedback",
        (*KEYED, NotFound),
    ),
    Operation(
        "/v1/memory/ingest",
        "post",
        "ingestMemory",
        "Store what was said in a conversation",
        "Ingested",
        "Ingest",
    ),
    Operation(
        "/v1/memory/recall",
        "post",
        "recallUser",
        "Recall what is known about a person",
        "RecalledPerson",
        "RecallPerson",
    ),
    Operation(
        "/v1/memory/hydrate",
        "post",
        "hydrateMemory",
        "A block of notes for a prompt, within a token budget",
        "Hydrated",
        "Hydrate",
        (*KEYED, NotFound),
    ),
    Operation(
        "/api/v1/billing/maas/checkout-session",
        "post",
        "createCheckoutSession",
        "Open an order; its page leads to a workspace and a first key",
        "CheckoutSession",
        "Order",
        (BadRequest, BillingPaused, RateLimited, PriceMissing),
        keyed=False,
    ),
)


def document(server: str) -> dict[str, Any]:
    """The whole document; `server` is the address that it is served at."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Embedded MaaS",
            "version": "2026-03-31",
            "description": ABOUT,
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": {
            "200": {"description": "Done.", "content": _content(operation.answer)},
            **{str(error.status): _error(error) for error in operation.errors},
        },
        "security": [{"bearer": []}, {"header": []}] if operation.keyed else [],
    }
    parameters = [ATOM_ID] if "{atom_id}" in operation.path else []
    if operation.keyed:
        parameters = [*parameters, WORKSPACE]
    if parameters:
        found["parameters"] = parameters
    if operation.body:
        found["requestBody"] = {"required": True, "content": _content(operation.body)}
    return found


def _content(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": ref(name), "example": EXAMPLES[name]}}


def _error(error: type[MaasError]) -> dict[str, Any]:
    example = {"error": error.code, "message": error.message}
    described = {
        "description": (error.__doc__ or "").strip(),
        "content": {"application/json": {"schema": ref("Error"), "example": example}},
    }
    if error is RateLimited:
        seconds = {"type": "integer", "minimum": 1}
        wait = {"description": "Seconds to wait.", "schema": seconds}
        return {**described, "headers": {"Retry-After": wait}}
    return described
