"""The documented answers of the memory service, parsed once at the edge.

Each class is one answer; `from_json` checks what we rely on and raises
`MemoryProtocolError` naming the field. Fields that the documentation does not name are
kept in `extra`, never an error. Source: the service's API reference, and for ingest
(undocumented) what is sensible.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from memory.fields import Fields, Json


@dataclass(frozen=True)
class Anchor:
    """`POST /v1/anchors`: a memory scope."""

    anchor_id: str
    name: str
    type: str
    metadata: Json = field(default_factory=dict)
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> Anchor:
        """Only `anchor_id` is required; the rest repeats what was sent."""
        fields = Fields("anchor", value)
        return cls(
            anchor_id=fields.identifier("anchor_id"),
            name=fields.text("name", default=""),
            type=fields.text("type", default=""),
            metadata=fields.mapping("metadata"),
            extra=fields.rest(),
        )


@dataclass(frozen=True)
class StoredAtoms:
    """`POST /v1/atoms`: the ids of what was stored, several if it was chunked."""

    atom_ids: tuple[str, ...]
    stored_count: int
    service_source: str | None = None
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> StoredAtoms:
        """`atom_ids` names at least one atom: without an id nothing was confirmed."""
        fields = Fields("atoms", value)
        atom_ids = fields.identifiers("atom_ids")
        if not atom_ids:
            raise fields.error("atom_ids", "names no atom")
        return cls(
            atom_ids=atom_ids,
            stored_count=fields.count("stored_count", default=len(atom_ids)),
            service_source=fields.optional_text("service_source"),
            extra=fields.rest(),
        )


@dataclass(frozen=True)
class RecalledItem:
    """One recalled atom; a higher `score` fits the query better."""

    atom_id: str
    content: str
    score: float
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> RecalledItem:
        fields = Fields("recalled item", value)
        return cls(
            atom_id=fields.identifier("atom_id"),
            content=fields.text("content"),
            score=fields.number("score"),
            extra=fields.rest(),
        )


@dataclass(frozen=True)
class Recall:
    """`POST /v1/recall` and `POST /v1/memory/recall`, in the service's order.

    `session_id` is what feedback refers to; the user-scoped call may answer without
    one, and then feedback uses the caller's.
    """

    items: tuple[RecalledItem, ...]
    session_id: str | None
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> Recall:
        fields = Fields("recall", value)
        return cls(
            items=tuple(map(RecalledItem.from_json, fields.array("items"))),
            session_id=fields.optional_text("session_id"),
            extra=fields.rest(),
        )


@dataclass(frozen=True)
class Ingested:
    """`POST /v1/memory/ingest`, an undocumented answer: any field may be missing."""

    atom_ids: tuple[str, ...]
    stored_count: int
    session_id: str | None
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> Ingested:
        """A field of an unexpected kind counts as missing and is kept in `extra`."""
        source = Fields("ingest", value).rest()
        ids, count, session = (
            source.get(name) for name in ("atom_ids", "stored_count", "session_id")
        )
        understood: set[str] = set()
        atom_ids: tuple[str, ...] = ()
        if isinstance(ids, list) and all(isinstance(i, str) and i for i in ids):
            atom_ids = tuple(ids)
            understood.add("atom_ids")
        stored_count = len(atom_ids)
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            stored_count = count
            understood.add("stored_count")
        session_id: str | None = None
        if isinstance(session, str) and session:
            session_id = session
            understood.add("session_id")
        extra = {key: item for key, item in source.items() if key not in understood}
        return cls(atom_ids, stored_count, session_id, extra)


@dataclass(frozen=True)
class Hydrated:
    """`POST /v1/memory/hydrate`: a bounded block of text and the atoms in it."""

    context_text: str
    used_atom_ids: tuple[str, ...]
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> Hydrated:
        fields = Fields("hydrate", value)
        return cls(
            context_text=fields.text("context_text"),
            used_atom_ids=fields.identifiers("used_atom_ids"),
            extra=fields.rest(),
        )


@dataclass(frozen=True)
class CheckoutSession:
    """`POST /api/v1/billing/maas/checkout-session`: where the buyer pays."""

    checkout_session_id: str
    url: str
    success_url: str | None = None
    cancel_url: str | None = None
    service_source: str | None = None
    pricing_model: str | None = None
    contract_version: str | None = None
    extra: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: object) -> CheckoutSession:
        fields = Fields("checkout session", value)
        return cls(
            checkout_session_id=fields.identifier("checkout_session_id"),
            url=fields.identifier("url"),
            success_url=fields.optional_text("success_url"),
            cancel_url=fields.optional_text("cancel_url"),
            service_source=fields.optional_text("service_source"),
            pricing_model=fields.optional_text("pricing_model"),
            contract_version=fields.optional_text("contract_version"),
            extra=fields.rest(),
        )


def confirm_feedback(value: object) -> None:
    """`POST /v1/feedback` answers `{"ok": true}`; all else is no confirmation."""
    fields = Fields("feedback", value)
    if fields.take("ok") is not True:
        raise fields.error("ok", "is not true")
