"""`POST /v1/recall`, `/v1/memory/recall` and `/v1/memory/hydrate`.

All three rank with the same scores; they differ in the scope they search and in how
they present what was found.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from django.db import connection

from embedded.maas.access import Access, Scope
from embedded.maas.anchors import find_anchor, required_anchor
from embedded.maas.body import Body
from embedded.maas.embedder import EmbeddingUnavailable, Matrix, embedder
from embedded.maas.errors import BadRequest, NotFound
from embedded.maas.hydration import fill
from embedded.maas.index_cache import CACHE
from embedded.maas.ranking import rank
from embedded.maas.sessions import Item, open_session
from embedded.maas.sql import rows
from embedded.maas.text import Query, read_query

logger = logging.getLogger(__name__)

MAX_QUERY = 20_000
DEFAULT_LIMIT = 10
MAX_LIMIT = 200
MAX_ANCHORS = 100
MAX_TOKEN_BUDGET = 100_000
PERSON = """
SELECT a.id, a.seq FROM maas_anchoruser u JOIN maas_anchor a ON a.id = u.anchor_id
WHERE u.workspace_id = %s AND u.user_external_id = %s
"""


def recall(access: Access, body: Body) -> dict[str, Any]:
    """The atoms of one anchor that answer the query, best first."""
    query = body.required_text("query", limit=MAX_QUERY)
    limit = _limit(body)
    scope = required_anchor(access, body)
    items = search([scope], query, limit=limit)
    session = open_session(access, items)
    return {"items": [item.as_json() for item in items], "session_id": str(session)}


def recall_person(access: Access, body: Body) -> dict[str, Any]:
    """The atoms about a person, over all anchors or within one.

    An unknown anchor or person has no memories: an empty list, not an error.
    """
    query = body.required_text("query", limit=MAX_QUERY)
    limit = _limit(body)
    user = body.text("user_external_id").strip()
    anchor = body.text("anchor_id").strip()
    if not user and not anchor:
        raise BadRequest("user_external_id or anchor_id is required")
    caller_session = body.text("session_id").strip()
    scopes = _scopes(access, user) if not anchor else _only(access.anchor)
    items = search(scopes, query, limit=limit, user=user)
    session = open_session(access, items, caller_session=caller_session)
    return {
        "items": [item.as_json() for item in items],
        "session_id": str(session),
        "service_source": access.service_source,
        "workspace_id": access.workspace,
    }


def hydrate(access: Access, body: Body) -> dict[str, Any]:
    """A block of notes for a prompt that never exceeds `token_budget` tokens."""
    query = body.required_text("query", limit=MAX_QUERY)
    budget = body.integer("token_budget", default=500, least=1, most=MAX_TOKEN_BUDGET)
    scopes = []
    for anchor_id in body.texts("anchor_ids", most=MAX_ANCHORS):
        scope = find_anchor(access, anchor_id)
        if scope is None:
            raise NotFound("anchor not found")
        scopes.append(scope)
    items = search(scopes, query, limit=MAX_LIMIT)
    notes = fill(items, read_query(query), budget)
    used = [str(item.atom_id) for item in notes.items]
    return {"context_text": notes.text, "used_atom_ids": used}


def search(scopes: list[Scope], text: str, *, limit: int, user: str = "") -> list[Item]:
    """The best atoms of all scopes together; their scores are comparable."""
    if not scopes:
        return []
    query = read_query(text)
    vectors = _vectors(query)
    with CACHE.use(scopes) as index:
        return [
            Item(index.id_of(c.row), index.content_of(c.row), c.score)
            for c in rank(index, query, vectors, user=user, limit=limit)
        ]


def _vectors(query: Query) -> Matrix:
    using = embedder()
    if not using.remote:
        return using.vectors(query.lines)
    connection.close()  # back to the pool: no connection waits for another server
    try:
        return using.vectors(query.lines)
    except EmbeddingUnavailable:
        logger.exception("recall goes on with words alone")
        return np.zeros((0, 0), dtype=np.float32)


def _limit(body: Body) -> int:
    return body.integer("limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)


def _only(scope: Scope | None) -> list[Scope]:
    return [scope] if scope else []


def _scopes(access: Access, user: str) -> list[Scope]:
    return [Scope(*row) for row in rows(PERSON, [access.workspace_id, user])]
