"""Does feedback help, and only where it should? A simulation over LoCoMo's questions.

Of questions that share evidence, the first is asked and what the answer verifiably
needed is fed back: those atoms of its evidence that the recall returned. The others
come later. Questions that share nothing with what was fed back must not lose, and
atoms that were returned beside the verified ones must gain nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.caller import Caller
from bench.evidence import recall_at
from bench.locomo import Conversation, Question

RECALLED = 10
K = 5


@dataclass
class Learnt:
    """Recall at 5 before and after, a value for each question; what moved beside it.

    `bystanders` are changes of score of atoms returned with verified ones, in shares.
    """

    same_before: list[float] = field(default_factory=list)
    same_after: list[float] = field(default_factory=list)
    others_before: list[float] = field(default_factory=list)
    others_after: list[float] = field(default_factory=list)
    bystanders: list[float] = field(default_factory=list)
    fed_back: int = 0


async def simulate(
    caller: Caller,
    conversation: Conversation,
    anchor: str,
    turn_of: dict[str, str],
    learnt: Learnt,
) -> None:
    """Ask, feed back, ask again; `turn_of` has the turn of each atom."""
    first, later = _split(conversation.questions)
    before = {q: await _ask(caller, anchor, q, turn_of) for q in later}
    useful: set[str] = set()
    for question in first:
        useful |= await _learn(caller, anchor, question, turn_of, learnt)
    for question in later:
        after = await _ask(caller, anchor, question, turn_of)
        about = useful & set(question.evidence)
        (learnt.same_before if about else learnt.others_before).append(before[question])
        (learnt.same_after if about else learnt.others_after).append(after)


async def _learn(
    caller: Caller,
    anchor: str,
    question: Question,
    turn_of: dict[str, str],
    learnt: Learnt,
) -> set[str]:
    """Feed back what was recalled and needed; the turns that this was."""
    body = {"anchor_id": anchor, "query": question.text, "limit": RECALLED}
    found = await caller.post("/v1/recall", body)
    scores = {item["atom_id"]: item["score"] for item in found["items"]}
    verified = [atom for atom in scores if turn_of[atom] in question.evidence]
    if not verified:
        return set()
    told = {"session_id": found["session_id"], "used_memory_atom_ids": verified}
    await caller.post("/v1/feedback", {**told, "success": True})
    learnt.fed_back += len(verified)
    again = await caller.post("/v1/recall", body)
    for item in again["items"]:
        atom = item["atom_id"]
        if atom in scores and atom not in verified and scores[atom]:
            learnt.bystanders.append(item["score"] / scores[atom] - 1)
    return {turn_of[atom] for atom in verified}


async def _ask(
    caller: Caller, anchor: str, question: Question, turn_of: dict[str, str]
) -> float:
    body = {"anchor_id": anchor, "query": question.text, "limit": K}
    items = (await caller.post("/v1/recall", body))["items"]
    turns = [turn_of[item["atom_id"]] for item in items]
    return recall_at(K, turns, question.evidence)


def _split(questions: list[Question]) -> tuple[list[Question], list[Question]]:
    """The first question about each evidence, if another follows; and all the rest."""
    first: list[Question] = []
    rest: list[Question] = []
    for place, question in enumerate(questions):
        mine = set(question.evidence)
        known = any(mine & set(one.evidence) for one in first)
        follows = any(mine & set(one.evidence) for one in questions[place + 1 :])
        (first if mine and follows and not known else rest).append(question)
    return first, rest
