"""The bodies and answers of the memory API as JSON Schema, for `openapi`.

The limits are the ones that `body` is asked to hold, so that the two cannot differ.
Absent and null are the same for what is not required. Unknown fields are ignored.
"""

from __future__ import annotations

from typing import Any

from embedded.maas import atoms, feedback, ingest, recall
from embedded.maas.body import MAX_METADATA_BYTES, MAX_NAME
from embedded.maas.errors import (
    BadRequest,
    BillingBlocked,
    Forbidden,
    MaasError,
    MethodNotAllowed,
    NotFound,
    RateLimited,
)
from embedded.maas.onboarding import checkout

Schema = dict[str, Any]
ANY_TEXT = "^[^\\u0000]*$"
# U+001C to U+001F are white space to us, and not to every language's \\s.
VISIBLE = "^[^\\u0000]*[^\\s\\u0000\\u001c-\\u001f][^\\u0000]*$"
UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
ERRORS = (
    BadRequest,
    BillingBlocked,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    RateLimited,
    MaasError,
)


def text(about: str = "", *, limit: int = MAX_NAME) -> Schema:
    """A string that may be left out."""
    return _about({"type": ["string", "null"], "maxLength": limit}, about, ANY_TEXT)


def needed(about: str = "", *, limit: int = MAX_NAME) -> Schema:
    """A string with at least one visible character."""
    found = {"type": "string", "minLength": 1, "maxLength": limit}
    return _about(found, about, VISIBLE)


def whole(least: int, most: int, default: int) -> Schema:
    """A whole number that may be left out."""
    kinds = ["integer", "null"]
    return {"type": kinds, "minimum": least, "maximum": most, "default": default}


def record(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object; what it has besides `properties` is ignored, or new."""
    found: Schema = {"type": "object", "properties": properties}
    return {**found, "required": list(required)} if required else found


def answer(**properties: Schema) -> Schema:
    """An object of ours: all of it is always there, and nothing else."""
    found = record(tuple(properties), **properties)
    return {**found, "additionalProperties": False}


def ref(name: str) -> Schema:
    """A schema of this module."""
    return {"$ref": f"#/components/schemas/{name}"}


def _about(schema: Schema, about: str, pattern: str) -> Schema:
    schema["pattern"] = pattern
    return {**schema, "description": about} if about else schema


SHARE: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
PLAIN: Schema = {"type": "string"}
ID: Schema = {"type": "string", "pattern": UUID}
IDS: Schema = {"type": "array", "items": ID}


def metadata(**read: Schema) -> Schema:
    """The caller's own fields, of which this service reads `read`."""
    found = {**record(), "properties": read, "type": ["object", "null"]}
    about = f"The caller's own fields, at most {MAX_METADATA_BYTES} bytes."
    return {**found, "description": about}


ITEM = answer(
    atom_id=ID, content=PLAIN, score={"type": "number", "minimum": 0, "maximum": 1}
)
ITEMS: Schema = {"type": "array", "items": ref("Item")}
MESSAGE = record(
    ("role", "content"),
    role={"enum": sorted(ingest.ROLES)},
    content={
        "type": "string",
        "maxLength": atoms.MAX_LONG_CONTENT,
        "pattern": ANY_TEXT,
    },
)
QUERY = needed("What the memories should be about.", limit=recall.MAX_QUERY)
LIMIT = whole(1, recall.MAX_LIMIT, recall.DEFAULT_LIMIT)
ANCHOR_ID = needed("An id that POST /v1/anchors answered; 404 for any other.")
PERSON_OR_ANCHOR: list[Schema] = [
    record((name,), **{name: needed()}) for name in ("user_external_id", "anchor_id")
]
STORED = {"atom_ids": IDS, "stored_count": {"type": "integer", "minimum": 0}}

SCHEMAS: dict[str, Schema] = {
    "Error": answer(error={"enum": sorted({e.code for e in ERRORS})}, message=PLAIN),
    "Item": ITEM,
    "NewAnchor": record(
        ("name",),
        name=needed("For people to read."),
        type=text("`chat-log` unless said otherwise.", limit=100),
        metadata=metadata(
            lane=text("Names the scope: the same lane answers the same anchor."),
        ),
    ),
    "Anchor": answer(anchor_id=ID, name=PLAIN, type=PLAIN, metadata={"type": "object"}),
    "NewAtom": {
        **record(
            ("anchor_id", "content", "source_type"),
            anchor_id=ANCHOR_ID,
            content=needed(
                f"At most {atoms.MAX_CONTENT} characters unless it is chunked.",
                limit=atoms.MAX_LONG_CONTENT,
            ),
            source_type=needed("The storage lane: prd or chat-log.", limit=100),
            metadata=metadata(
                user_external_id=text("Whom it is about: /v1/memory/recall finds it."),
                client_ref=text("The caller's name for it: a repeat stores nothing."),
                confidence=SHARE,
                speaker={"description": "Who says it; recall finds the name."},
                occurred_at={"description": "An ISO 8601 date; recall finds it."},
                supersedes={"description": "The id of what it replaces, or several."},
            ),
            confidence={
                **SHARE,
                "description": "Goes before metadata.confidence, which is read too.",
            },
            chunking={
                **record(enabled={"type": ["boolean", "null"]}),
                "type": ["object", "null"],
            },
        ),
        "anyOf": [
            record(content={"maxLength": atoms.MAX_CONTENT}),
            record(
                ("chunking",),
                chunking={
                    **record(("enabled",), enabled={"const": True}),
                    "type": "object",
                },
            ),
        ],
    },
    "StoredAtoms": answer(**STORED, service_source=PLAIN),
    "Done": answer(ok={"const": True}),
    "Recall": record(
        ("anchor_id", "query"), anchor_id=ANCHOR_ID, query=QUERY, limit=LIMIT
    ),
    "Recalled": answer(items=ITEMS, session_id=ID),
    "Feedback": record(
        ("session_id", "used_memory_atom_ids"),
        session_id=needed("The recall's, or the caller's own of /v1/memory/recall."),
        success={"type": ["boolean", "null"], "default": True},
        used_memory_atom_ids={
            **IDS,
            "minItems": 1,
            "maxItems": feedback.MAX_ATOMS,
            "description": "Only atoms that this recall answered.",
        },
    ),
    "Ingest": record(
        ("user_external_id", "messages"),
        user_external_id=needed(),
        session_id=text(),
        messages={
            "type": "array",
            "minItems": 1,
            "maxItems": ingest.MAX_MESSAGES,
            "items": MESSAGE,
        },
    ),
    "Ingested": answer(**STORED, session_id=PLAIN),
    "RecallPerson": {
        **record(
            ("query",),
            query=QUERY,
            user_external_id=text(),
            anchor_id=text("Within one anchor; an unknown one has no memories."),
            session_id=text("The caller's own; feedback may name it."),
            limit=LIMIT,
        ),
        "anyOf": PERSON_OR_ANCHOR,
    },
    "RecalledPerson": answer(
        items=ITEMS, session_id=ID, service_source=PLAIN, workspace_id=PLAIN
    ),
    "Hydrate": record(
        ("anchor_ids", "query"),
        anchor_ids={
            "type": "array",
            "minItems": 1,
            "maxItems": recall.MAX_ANCHORS,
            "items": ANCHOR_ID,
        },
        query=QUERY,
        token_budget=whole(1, recall.MAX_TOKEN_BUDGET, 500),
    ),
    "Hydrated": answer(context_text=PLAIN, used_atom_ids=IDS),
    "Order": record(
        ("company_name", "admin_email", "pricing_model", "service_source"),
        company_name=needed(limit=checkout.MAX_COMPANY),
        admin_email={
            "type": "string",
            "maxLength": checkout.MAX_EMAIL,
            "pattern": f"^{checkout.EMAIL.pattern}$",
        },
        pricing_model={"enum": list(checkout.PRICING_MODELS)},
        service_source={"enum": list(checkout.SERVICE_SOURCES)},
    ),
    "CheckoutSession": answer(
        checkout_session_id=PLAIN,
        url=PLAIN,
        success_url=PLAIN,
        cancel_url=PLAIN,
        service_source=PLAIN,
        pricing_model=PLAIN,
        contract_version=PLAIN,
    ),
}
