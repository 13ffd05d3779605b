"""Who is calling: the key's digest against the workspace asked for, in one query.

The anchor that a request names comes with the same query, since every turn waits.

Answers of the documentation, in this order: 400 missing or bad key, 400 missing
workspace, 402 billing, 403 policy or workspace, 429 rate.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from embedded.maas.bucket import SharedBuckets
from embedded.maas.errors import BadRequest, BillingBlocked, Forbidden, RateLimited
from embedded.maas.models import ApiKey, Tenant, Workspace
from embedded.maas.sql import rows

PREFIX = "mk_maas_"
MAX_HEADER = 300
BUCKETS = SharedBuckets()
LOOKUP = """
SELECT k.id, k.revoked_at IS NOT NULL, k.policy_denied, k.requests_per_second, k.burst,
       t.billing_blocked, t.service_source, w.id, a.id, a.seq
FROM maas_apikey k
JOIN maas_tenant t ON t.id = k.tenant_id
LEFT JOIN (maas_apikey_workspaces m JOIN maas_workspace w ON w.id = m.workspace_id)
       ON m.apikey_id = k.id AND w.name = %s AND w.tenant_id = k.tenant_id
LEFT JOIN maas_anchor a ON a.workspace_id = w.id AND a.id = %s
WHERE k.digest = %s
"""


@dataclass(frozen=True)
class Credentials:
    """What a request showed, not yet believed."""

    digest: str
    workspace: str


@dataclass(frozen=True)
class Scope:
    """An anchor of the caller's workspace, and the number of its latest change."""

    anchor_id: uuid.UUID
    seq: int


@dataclass(frozen=True)
class Access:
    """What a caller may touch: one workspace; `anchor` if the one named is in it."""

    key_id: int
    workspace_id: int
    workspace: str
    service_source: str
    anchor: Scope | None = None


def credentials(headers: Mapping[str, str]) -> Credentials:
    """Read `Authorization: Bearer` or `x-api-key`, and `X-Workspace-Id`.

    Raises `BadRequest` when one is missing or cannot be one.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
    key = key.strip()
    if not key:
        raise BadRequest("API key is required")
    if not key.startswith(PREFIX) or len(key) > MAX_HEADER:
        raise BadRequest("API key is invalid")
    workspace = headers.get("x-workspace-id", "").strip()
    if not workspace:
        raise BadRequest("X-Workspace-Id is required")
    if len(workspace) > MAX_HEADER or "\x00" in workspace:
        raise BadRequest("X-Workspace-Id is invalid")
    return Credentials(digest(key), workspace)


def authorise(shown: Credentials, anchor_id: uuid.UUID | None = None) -> Access:
    """The workspace these credentials open; raises the documented error otherwise."""
    found = rows(LOOKUP, [shown.workspace, anchor_id, shown.digest])
    if not found or found[0][1]:
        raise BadRequest("API key is invalid")
    key_id, _, denied, rate, burst, blocked, source, workspace_id, *anchor = found[0]
    if blocked:
        raise BillingBlocked
    if denied or workspace_id is None:
        raise Forbidden
    wait = BUCKETS.take(key_id, workspace_id, rate=rate, burst=burst)
    if wait:
        raise RateLimited(headers={"Retry-After": str(wait)})
    scope = None if anchor[0] is None else Scope(*anchor)
    return Access(key_id, workspace_id, shown.workspace, source, scope)


def digest(key: str) -> str:
    """The form in which a key is stored.

    Keys carry 256 random bits, so one round without salt cannot be searched.
    """
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A fresh key, to be shown once."""
    return PREFIX + secrets.token_urlsafe(32)


def register_key(
    key: str, tenant: Tenant, workspace: Workspace, *, label: str = ""
) -> ApiKey:
    """Store `key` for one workspace; storing the same key again changes nothing."""
    row, _ = ApiKey.objects.get_or_create(
        digest=digest(key),
        defaults={"tenant": tenant, "label": label, "hint": key[: len(PREFIX) + 4]},
    )
    row.workspaces.add(workspace)
    return row
