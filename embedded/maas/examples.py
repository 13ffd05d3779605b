"""One example for each body and answer of the API, for `openapi`: one small story."""

from __future__ import annotations

from typing import Any

ANCHOR = "0b6f5a52-5f0e-4c53-9d3c-0d6a8a0d8f11"
ATOM = "7c1d0e8a-94a3-4e2b-8a64-6f0f5c2f9b22"
SESSION = "e2a9c7f4-3b61-4d0a-b7c5-91d2a4c0f333"
CELLO = "Mina's sister plays the cello."
ITEM = {"atom_id": ATOM, "content": CELLO, "score": 0.8214}

EXAMPLES: dict[str, dict[str, Any]] = {
    "NewAnchor": {
        "name": "Mina and Teodor",
        "type": "chat-log",
        "metadata": {"lane": "mina:teodor", "user_external_id": "mina"},
    },
    "Anchor": {
        "anchor_id": ANCHOR,
        "name": "Mina and Teodor",
        "type": "chat-log",
        "metadata": {"lane": "mina:teodor", "user_external_id": "mina"},
    },
    "NewAtom": {
        "anchor_id": ANCHOR,
        "content": CELLO,
        "source_type": "prd",
        "metadata": {
            "atom_type": "relationship_event",
            "user_external_id": "mina",
            "client_ref": "turn-17:0",
        },
        "confidence": 0.9,
        "chunking": {"enabled": False},
    },
    "StoredAtoms": {
        "atom_ids": [ATOM],
        "stored_count": 1,
        "service_source": "enterprise-tutor",
    },
    "Done": {"ok": True},
    "Recall": {"anchor_id": ANCHOR, "query": "Who plays an instrument?", "limit": 5},
    "Recalled": {"items": [ITEM], "session_id": SESSION},
    "Feedback": {
        "session_id": SESSION,
        "success": True,
        "used_memory_atom_ids": [ATOM],
    },
    "Ingest": {
        "user_external_id": "mina",
        "session_id": "evening-3",
        "messages": [
            {"role": "user", "content": "My sister plays the cello."},
            {"role": "assistant", "content": "Since when?"},
        ],
    },
    "Ingested": {
        "atom_ids": [ATOM],
        "stored_count": 1,
        "session_id": "evening-3",
    },
    "RecallPerson": {
        "user_external_id": "mina",
        "session_id": "evening-4",
        "query": "Who plays an instrument?",
    },
    "RecalledPerson": {
        "items": [ITEM],
        "session_id": SESSION,
        "service_source": "enterprise-tutor",
        "workspace_id": "acme-prod",
    },
    "Hydrate": {
        "anchor_ids": [ANCHOR],
        "query": "What matters in Mina's family?",
        "token_budget": 500,
    },
    "Hydrated": {"context_text": f"- {CELLO}", "used_atom_ids": [ATOM]},
    "Order": {
        "company_name": "Harbour Books",
        "admin_email": "ops@harbour.example",
        "pricing_model": "enterprise_usage",
        "service_source": "enterprise-tutor",
    },
    "CheckoutSession": {
        "checkout_session_id": "cs_test_4f1c",
        "url": "https://memory.example/billing/maas/pay/cs_test_4f1c",
        "success_url": "https://memory.example/billing/maas/success"
        "?checkout_session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://memory.example/billing/maas/cancel",
        "service_source": "enterprise-tutor",
        "pricing_model": "enterprise_usage",
        "contract_version": "2026-03-01",
    },
}
