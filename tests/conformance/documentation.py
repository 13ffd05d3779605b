"""What the documentation's curl lines send, as facts: page, path, workspace, fields.

`DOCUMENTED` lists them; `facts_of` reads them from the documentation's text, which is
not part of the project, so that the list can be held against it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PAGE = re.compile(r"^---\n+# (.+)$", re.MULTILINE)
CURL = re.compile(r"^curl .*?(?=\n```)", re.MULTILINE | re.DOTALL)
HEADER = re.compile(r"""-H (['"])([\w-]+): (.*?)\1""")
BODY = re.compile(r"-d '(.*)'", re.DOTALL)


@dataclass(frozen=True, order=True)
class Fact:
    """One curl line; `fields` are the body's, nested ones with a dot."""

    page: str
    path: str
    workspace: str
    fields: tuple[str, ...]


def facts_of(text: str) -> list[Fact]:
    """Every curl line of the text, in its order."""
    pages = PAGE.split(text)[1:]
    found = []
    for title, page in zip(pages[::2], pages[1::2], strict=True):
        for curl in CURL.findall(page):
            headers = {name.lower(): value for _, name, value in HEADER.findall(curl)}
            address = re.search(r"https://\S+", curl)
            body = BODY.search(curl)
            assert address, curl
            assert body, curl
            workspace = headers.get("x-workspace-id", "")
            fields = fields_of(json.loads(body[1]))
            found.append(Fact(title, urlsplit(address[0]).path, workspace, fields))
    return found


def fields_of(body: dict[str, Any]) -> tuple[str, ...]:
    """The names of a body's fields, sorted."""
    return tuple(sorted(set(_names(body, ""))))


def _names(value: Any, prefix: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _names(inner, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _names(inner, prefix)
    else:
        yield prefix


def _fact(page: str, path: str, workspace: str, fields: str) -> Fact:
    return Fact(page, path, workspace, tuple(fields.split()))


DOCUMENTED = [
    _fact(
        "Quick Start",
        "/api/v1/billing/maas/checkout-session",
        "",
        "admin_email company_name pricing_model service_source",
    ),
    _fact("Quick Start", "/v1/memory/recall", "acme-prod", "anchor_id query"),
    _fact(
        "API Reference",
        "/api/v1/billing/maas/checkout-session",
        "",
        "admin_email company_name pricing_model service_source",
    ),
    _fact(
        "API Reference",
        "/v1/anchors",
        "acme-prod",
        "metadata.lane metadata.service_source name type",
    ),
    _fact(
        "API Reference",
        "/v1/atoms",
        "acme-prod",
        "anchor_id chunking.enabled content metadata.atom_type "
        "metadata.user_external_id source_type",
    ),
    _fact("API Reference", "/v1/recall", "acme-prod", "anchor_id limit query"),
    _fact(
        "API Reference",
        "/v1/feedback",
        "acme-prod",
        "session_id success used_memory_atom_ids",
    ),
    _fact(
        "Memory Atoms",
        "/v1/atoms",
        "acme-prod",
        "anchor_id chunking.enabled content metadata.atom_type "
        "metadata.confidence metadata.user_external_id source_type",
    ),
    _fact(
        "Anchors",
        "/v1/anchors",
        "acme-prod",
        "metadata.lane metadata.project name type",
    ),
    _fact("Recall & Injection", "/v1/recall", "acme-prod", "anchor_id limit query"),
    _fact(
        "Recall & Injection",
        "/v1/memory/recall",
        "acme-prod",
        "query session_id user_external_id",
    ),
    _fact(
        "Recall & Injection",
        "/v1/memory/hydrate",
        "acme-prod",
        "anchor_ids query token_budget",
    ),
    _fact(
        "Feedback Loop",
        "/v1/feedback",
        "acme-prod",
        "session_id success used_memory_atom_ids",
    ),
    _fact(
        "Character Chat",
        "/v1/anchors",
        "acme-prod",
        "metadata.character_id metadata.lane metadata.user_external_id name type",
    ),
    _fact(
        "Character Chat",
        "/v1/atoms",
        "acme-prod",
        "anchor_id chunking.enabled content metadata.atom_type "
        "metadata.session_id metadata.user_external_id source_type",
    ),
    _fact(
        "Character Chat",
        "/v1/memory/recall",
        "acme-prod",
        "query session_id user_external_id",
    ),
    _fact(
        "Enterprise Tutor",
        "/v1/anchors",
        "tutor-prod",
        "metadata.lane metadata.user_external_id name type",
    ),
    _fact(
        "Enterprise Tutor",
        "/v1/atoms",
        "tutor-prod",
        "anchor_id chunking.enabled content metadata.atom_type "
        "metadata.confidence metadata.user_external_id source_type",
    ),
    _fact(
        "Enterprise Tutor",
        "/v1/memory/recall",
        "tutor-prod",
        "query session_id user_external_id",
    ),
    _fact(
        "Editorial / Content",
        "/v1/anchors",
        "indiepulse-editorial",
        "metadata.lane metadata.project name type",
    ),
    _fact(
        "Editorial / Content",
        "/v1/memory/ingest",
        "indiepulse-editorial",
        "messages.content messages.role session_id user_external_id",
    ),
    _fact(
        "Editorial / Content",
        "/v1/memory/recall",
        "indiepulse-editorial",
        "query session_id user_external_id",
    ),
    _fact(
        "Editorial / Content",
        "/v1/memory/hydrate",
        "indiepulse-editorial",
        "anchor_ids query token_budget",
    ),
]
