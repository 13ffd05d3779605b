"""What must exist, known on the client's side alone, and the comparison with what does.

A message counts from the moment its POST was answered. Everything else follows from it:
one row, one reply, one fact stored once, at most one feedback call per recall.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.faults.model import fact
from tests.faults.stand import Stand

LATE_S = 0.3
"""Text that was shown for longer than this is to survive any kill; on a busy machine a
write takes longer, so what is missing of it is counted apart ..."""
LOST_S = 2.0
"""... and is lost only when it was shown for longer than this."""
MESSAGES = """
    SELECT m.id::text, m.text, m.key::text,
           (SELECT count(*) FROM conversations_message r WHERE r.parent_id = m.id)
               AS replies
    FROM conversations_message m WHERE m.key = ANY(%s)
"""
REPLIES = """
    SELECT r.id::text, r.parent_id::text AS asked, r.text, g.id::text AS generation,
           g.status, t.learnt_at IS NOT NULL AS learnt,
           (SELECT string_agg(s.name || ' ' || s.status || ' ' || s.detail, '; ')
            FROM memories_turnstep s WHERE s.record_id = t.id) AS steps
    FROM conversations_message r
    JOIN conversations_generation g ON g.message_id = r.id
    LEFT JOIN memories_turnrecord t ON t.generation_id = g.id
    WHERE r.parent_id = ANY(%s::uuid[])
"""
ATOMS = "SELECT content, state FROM memories_atom WHERE content = ANY(%s)"


@dataclass
class Sent:
    """One message on its way; `acknowledged` is when its POST was answered."""

    name: str
    text: str
    conversation: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    acknowledged: float = 0.0
    reply: str = ""


@dataclass
class Verdict:
    """What a comparison found; `lost` and `doubled` are sentences, one for each.

    `cut_off`: replies whose writer died, which only some faults may bring about.
    """

    turns: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)
    unknown: int = 0
    late: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing is missing, twice there or in the wrong place."""
        return not (self.lost or self.doubled or self.crossed)

    def __str__(self) -> str:
        found = [*self.lost, *self.doubled, *self.crossed]
        return "\n".join([f"{len(found)} in {self.turns} turns", *found[:20]])


class Ledger:
    """One batch of turns. `pages` finds are told by the pages themselves."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.problems: list[str] = []  # a page or a person that could not go on
        self.late: list[str] = []  # cut-off replies without text that was shown lately

    @property
    def acknowledged(self) -> list[Sent]:
        """What the site has promised to keep."""
        return [sent for sent in self.sent if sent.acknowledged]

    def audit(self, stand: Stand) -> Verdict:
        """Compare with the site's rows and with what the services have seen."""
        promised = self.acknowledged
        verdict = Verdict(turns=len(promised), lost=list(self.problems))
        verdict.late = len(self.late)
        keys = [sent.key for sent in self.sent]
        messages = stand.rows(MESSAGES.replace("%s", "%s::uuid[]"), keys)
        by_key = {row["key"]: row for row in messages}
        replies: dict[str, list[dict[str, Any]]] = {}
        for row in stand.rows(REPLIES, [row["id"] for row in messages]):
            replies.setdefault(row["asked"], []).append(row)
        states: defaultdict[str, list[str]] = defaultdict(list)
        for row in stand.rows(ATOMS, [fact(sent.name) for sent in self.sent]):
            states[row["content"]].append(row["state"])
        for name, count in Counter(row["text"] for row in messages).items():
            if count > 1:
                verdict.doubled.append(f"message {name!r} has {count} rows")
        for sent in promised:
            message = by_key.get(sent.key)
            if message is None or message["text"] != sent.text:
                verdict.lost.append(
                    f"message {sent.name} was acknowledged, is not there"
                )
                continue
            _judge_reply(verdict, sent, replies.get(message["id"], []), stand)
            _judge_memory(verdict, sent, stand, states[fact(sent.name)])
        for sent in self.sent:
            if stand.maas.stored[fact(sent.name)] > 1:
                verdict.doubled.append(f"fact of {sent.name} is stored twice")
            if len(stand.model.said.get(sent.name, ())) > 1:
                verdict.doubled.append(f"reply to {sent.name} was asked for twice")
        for session, count in stand.maas.fed_back.items():
            if count > 1:
                verdict.doubled.append(
                    f"feedback for recall {session} sent {count} times"
                )
        # A long run would remember gigabytes; who comes next begins anew.
        stand.maas.fed_back.clear()
        stand.maas.history.clear()
        stand.model.history.clear()
        return verdict


def unsettled(stand: Stand) -> str:
    """What is still going on, in words; "" when nothing is."""
    row = stand.rows(
        "SELECT (SELECT count(*) FROM conversations_generation"
        "        WHERE status IN ('pending', 'streaming')) AS running,"
        "       (SELECT count(*) FROM memories_turnrecord WHERE learnt_at IS NULL)"
        "           AS unlearnt"
    )[0]
    if not row["running"] and not row["unlearnt"]:
        return ""
    return f"{row['running']} replies run, {row['unlearnt']} turns are to be learnt"


def _judge_reply(
    verdict: Verdict, sent: Sent, replies: list[dict[str, Any]], stand: Stand
) -> None:
    if len(replies) != 1:
        into = verdict.doubled if replies else verdict.lost
        into.append(f"message {sent.name} has {len(replies)} replies")
        return
    reply = replies[0]
    full = (stand.model.said.get(sent.name) or [""])[0]
    if reply["status"] == "interrupted":
        verdict.cut_off.append(f"reply to {sent.name} was cut off")
    if reply["status"] in ("pending", "streaming"):
        verdict.lost.append(f"reply to {sent.name} never ended")
    elif reply["status"] == "complete" and reply["text"].strip() != full:
        verdict.lost.append(f"reply to {sent.name} is complete, its text is not")
    elif not full.startswith(reply["text"].strip()):
        verdict.crossed.append(f"reply to {sent.name} holds other words")
    if not reply["learnt"]:
        verdict.lost.append(f"turn {sent.name} was never learnt: {reply['steps']}")
    verdict.unknown += "feedback unknown" in (reply["steps"] or "")


def _judge_memory(
    verdict: Verdict, sent: Sent, stand: Stand, states: list[str]
) -> None:
    """The fact of a message: once at the service, and saved once in the ledger."""
    if len(states) > 1:
        verdict.doubled.append(f"fact of {sent.name} has {len(states)} rows")
    elif not states:
        verdict.lost.append(f"fact of {sent.name} was not taken in")
    elif states[0] != "saved" or not stand.maas.stored[fact(sent.name)]:
        verdict.lost.append(f"fact of {sent.name} is {states[0]}")


def now() -> float:
    """The clock of everything here."""
    return time.monotonic()
