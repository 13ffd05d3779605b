"""Every curl of the documentation as a step: what it sends, and what must come back.

Steps stand in the order of the documentation's pages. The texts are our own; shapes,
fields and paths are the documentation's. `{name}` in a body is an id that an earlier
step captured.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

ACME, TUTOR, EDITORIAL = "acme-prod", "tutor-prod", "indiepulse-editorial"
ANCHORS, ATOMS = "/v1/anchors", "/v1/atoms"
RECALL, FEEDBACK = "/v1/recall", "/v1/feedback"
INGEST, RECALL_USER = "/v1/memory/ingest", "/v1/memory/recall"
HYDRATE = "/v1/memory/hydrate"
CHECKOUT = "/api/v1/billing/maas/checkout-session"
PLAIN = {"enabled": False}


@dataclass(frozen=True)
class Step:
    """One POST. `answer` names the fields that must be there, with their values where
    those are known; `captures` keeps answered ids for later steps."""

    path: str
    body: dict[str, Any]
    answer: dict[str, Any]
    captures: dict[str, str] = field(default_factory=dict)
    workspace: str = ACME
    finds: str = ""  # what the answer must hold, wherever it shows contents
    documented: bool = True  # False: only prepares what a documented step needs


class Any_:
    """A value that is not known beforehand: any of its type."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.kind)

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        return f"any {self.kind.__name__}"


TEXT, LIST, COUNT = Any_(str), Any_(list), Any_(int)


def order(service_source: str, **answered: Any) -> Step:
    """The checkout; the two pages that show it differ in what they show of the answer."""
    body = {
        "company_name": "Harbour Books",
        "admin_email": "ops@harbour.example",
        "pricing_model": "enterprise_usage",
        "service_source": service_source,
    }
    urls = {"url": TEXT, "success_url": TEXT, "cancel_url": TEXT}
    known = {"checkout_session_id": TEXT, **urls, "service_source": service_source}
    return Step(CHECKOUT, body, known | answered)


def anchor(
    name: str, lane: str, capture: str, workspace: str = ACME, **metadata: str
) -> Step:
    """Create an anchor; the answer repeats what was sent."""
    sent = {"name": name, "type": "chat-log", "metadata": {"lane": lane, **metadata}}
    return Step(
        ANCHORS, sent, {"anchor_id": TEXT, **sent}, {capture: "anchor_id"}, workspace
    )


def atom(
    into: str,
    content: str,
    capture: str,
    workspace: str = ACME,
    answered: tuple[str, ...] = (),
    **metadata: Any,
) -> Step:
    """Store one atom."""
    body = {
        "anchor_id": f"{{{into}}}",
        "content": content,
        "source_type": "prd",
        "metadata": metadata,
        "chunking": PLAIN,
    }
    known: dict[str, Any] = {"atom_ids": LIST, "stored_count": 1}
    known |= dict.fromkeys(answered, TEXT)
    return Step(ATOMS, body, known, {capture: "atom_ids.0"}, workspace)


def recall(into: str, query: str, limit: int, finds: str) -> Step:
    """Recall from one anchor."""
    body = {"anchor_id": f"{{{into}}}", "query": query, "limit": limit}
    known = {"items": LIST, "session_id": TEXT}
    return Step(RECALL, body, known, {"session": "session_id"}, finds=finds)


def recall_user(
    user: str, session: str, query: str, finds: str, workspace: str = ACME
) -> Step:
    """Recall about a person, under the caller's own session id."""
    body = {"user_external_id": user, "session_id": session, "query": query}
    return Step(RECALL_USER, body, {"items": LIST}, workspace=workspace, finds=finds)


def feedback(session: str, atom_name: str) -> Step:
    """Reinforce one atom."""
    body = {
        "session_id": f"{{{session}}}",
        "success": True,
        "used_memory_atom_ids": [f"{{{atom_name}}}"],
    }
    return Step(FEEDBACK, body, {"ok": True})


def hydrate(
    into: tuple[str, ...], query: str, workspace: str = ACME, finds: str = ""
) -> Step:
    """Notes within 500 tokens."""
    body = {
        "anchor_ids": [f"{{{name}}}" for name in into],
        "query": query,
        "token_budget": 500,
    }
    known = {"context_text": TEXT, "used_atom_ids": LIST}
    return Step(HYDRATE, body, known, workspace=workspace, finds=finds)


def prepare(step: Step) -> Step:
    """The same step, not one of the documentation's on this page."""
    return replace(step, documented=False)


JAZZ = "The user plays quiet jazz on rainy evenings."
QUIZ = "The user wants to go on with the film quiz next week."
CIDR = "The learner reads subnet masks well but mixes up CIDR prefixes."
COSTS = "Founders worry about rising server costs."
LINEN = "Lane of the editors"

STORIES: dict[str, tuple[Step, ...]] = {
    "Quick Start": (
        order(
            "enterprise-tutor", pricing_model="enterprise_usage", contract_version=TEXT
        ),
        Step(
            RECALL_USER,
            {"anchor_id": "smoke-test", "query": "hello"},
            {
                "items": [],
                "session_id": TEXT,
                "service_source": TEXT,
                "workspace_id": TEXT,
            },
        ),
    ),
    "API Reference": (
        order("maas-enterprise"),
        anchor("A pair", "{run}:pair", "pair", service_source="enterprise-tutor"),
        atom(
            "pair",
            JAZZ,
            "jazz",
            answered=("service_source",),
            atom_type="preference",
            user_external_id="{run}-user",
        ),
        recall("pair", "Which music does the user play?", 5, JAZZ),
        feedback("session", "jazz"),
    ),
    "Memory Atoms": (
        prepare(anchor("A learner", "{run}:atoms", "pair")),
        atom(
            "pair",
            "The learner takes UDP for TCP.",
            "mixup",
            answered=("service_source",),
            atom_type="misconception",
            user_external_id="{run}-learner",
            confidence=0.82,
        ),
    ),
    "Anchors": (anchor(LINEN, "{run}:lane", "lane", project="harbour-editorial"),),
    "Recall & Injection": (
        prepare(anchor(LINEN, "{run}:trends", "lane", project="harbour")),
        prepare(atom("lane", COSTS, "costs", user_external_id="{run}-reader")),
        recall("lane", "What do founders worry about?", 6, COSTS),
        recall_user("{run}-reader", "{run}-evening-1", "Which server costs?", COSTS),
        hydrate(("lane",), "Sum up what is known about server costs.", finds=COSTS),
    ),
    "Feedback Loop": (
        prepare(anchor(LINEN, "{run}:feedback", "lane")),
        prepare(atom("lane", COSTS, "costs")),
        prepare(recall("lane", "What do founders worry about?", 6, COSTS)),
        feedback("session", "costs"),
    ),
    "Character Chat": (
        anchor(
            "A user and a character",
            "{run}:chat",
            "pair",
            user_external_id="{run}-chatter",
            character_id="aria",
        ),
        atom(
            "pair",
            QUIZ,
            "quiz",
            atom_type="promise",
            user_external_id="{run}-chatter",
            session_id="{run}-evening-5",
        ),
        recall_user(
            "{run}-chatter", "{run}-evening-6", "Which film quiz was it?", QUIZ
        ),
    ),
    "Enterprise Tutor": (
        anchor(
            "A learner", "{run}:learner", "pair", TUTOR, user_external_id="{run}-pupil"
        ),
        atom(
            "pair",
            CIDR,
            "cidr",
            TUTOR,
            atom_type="misconception",
            user_external_id="{run}-pupil",
            confidence=0.78,
        ),
        recall_user(
            "{run}-pupil", "{run}-lesson-1", "What about CIDR prefixes?", CIDR, TUTOR
        ),
    ),
    "Editorial / Content": (
        anchor(LINEN, "{run}:editors", "editors", EDITORIAL, project="harbour"),
        Step(
            INGEST,
            {
                "user_external_id": "{run}-editors",
                "session_id": "{run}-brief-1",
                "messages": [
                    {"role": "system", "content": "Notes of the editors' meeting."},
                    {"role": "user", "content": COSTS},
                ],
            },
            {},
            workspace=EDITORIAL,
        ),
        recall_user(
            "{run}-editors", "{run}-draft-1", "Which server costs?", COSTS, EDITORIAL
        ),
        prepare(anchor(LINEN, "{run}:trends-2", "trends", EDITORIAL)),
        hydrate(
            ("editors", "trends"), "A briefing on what founders pay for.", EDITORIAL
        ),
    ),
}
