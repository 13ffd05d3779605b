"""`make bench-recall LOCOMO=path MADIAL=path JSON=path`: does recall find what answers?

Loads LoCoMo and MADial-Bench into the embedded memory service through its API, asks
their questions, and prints the share of the evidence that came back, beside published
figures. docs/recall.md says how to read them and what was tuned on what.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.caller import Caller
from bench.dialogues import LANGUAGES, Madial, read_madial
from bench.evidence import recall_at, share
from bench.learning import Learnt, simulate
from bench.locomo import CATEGORIES, Conversation, Question, read_locomo
from bench.memory_service import MemoryService, memory_service
from bench.published import locomo_rows, madial_rows
from bench.table import Number, Run, percentile, write

LOCOMO_KS = (5, 10, 25, 50)
MADIAL_KS = (1, 3, 5, 10)
WRITERS = 2


@dataclass(frozen=True)
class Asked:
    """A question, and the turns that came back for it, best first."""

    question: Question
    turns: list[str]
    tuned: bool

    def at(self, k: int) -> float:
        """Evidence recall."""
        return recall_at(k, self.turns, self.question.evidence)


def main() -> None:
    """Load, ask, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locomo", type=Path, required=True, help="locomo10.json")
    parser.add_argument(
        "--madial", type=Path, required=True, help="folder of en and zh"
    )
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    parser.add_argument(
        "--conversations", type=int, default=0, help="only the first ones"
    )
    options = parser.parse_args()
    conversations = read_locomo(options.locomo)
    conversations = conversations[: options.conversations or None]
    madial = {language: read_madial(options.madial, language) for language in LANGUAGES}
    with memory_service() as service:
        run = asyncio.run(measure(service, conversations, madial))
    print("\n".join(run.notes))
    if options.json:
        write(run, options.json)


async def measure(
    service: MemoryService,
    conversations: list[Conversation],
    madial: dict[str, Madial],
) -> Run:
    """Everything, in one service process."""
    numbers: dict[str, Number | str] = {}
    notes: list[str] = []
    with service.serving() as (_, url):
        callers = [service.caller(url) for _ in range(WRITERS)]
        asked, learnt = await _locomo(callers, conversations, numbers)
        recalled = {
            language: await _madial(callers[0], language, benchmark)
            for language, benchmark in madial.items()
        }
    _shares(asked, numbers)
    notes += locomo_rows(LOCOMO_KS, numbers)
    notes += _learning(learnt, numbers)
    for language, found in recalled.items():
        for k in MADIAL_KS:
            numbers[f"madial_{language}_r{k}"] = share([r[k] for r in found]).mean
        notes += madial_rows(language, MADIAL_KS, numbers)
    rounded = {
        n: round(v, 3) if isinstance(v, float) else v for n, v in numbers.items()
    }
    return Run(rounded, notes)


async def _locomo(
    callers: list[Caller],
    conversations: list[Conversation],
    numbers: dict[str, Number | str],
) -> tuple[list[Asked], Learnt]:
    began = time.perf_counter()
    waiting = iter(conversations)
    loaded: dict[str, tuple[str, dict[str, str]]] = {}

    async def load(caller: Caller) -> None:
        for conversation in waiting:
            loaded[conversation.name] = await _store(caller, conversation)

    await asyncio.gather(*map(load, callers))
    turns = sum(len(one.turns) for one in conversations)
    numbers["atoms"] = turns
    numbers["write_ms_an_atom"] = 1000 * (time.perf_counter() - began) / turns
    asked: list[Asked] = []
    cold: list[float] = []
    warm: list[float] = []
    learnt = Learnt()
    caller = callers[0]
    for conversation in conversations:
        anchor, turn_of = loaded[conversation.name]
        for place, question in enumerate(conversation.questions):
            body = {"anchor_id": anchor, "query": question.text, "limit": LOCOMO_KS[-1]}
            items = (await caller.post("/v1/recall", body))["items"]
            (warm if place else cold).append(caller.ms)
            found = [turn_of[item["atom_id"]] for item in items]
            asked.append(Asked(question, found, conversation.tuned))
    for conversation in conversations:
        await simulate(caller, conversation, *loaded[conversation.name], learnt)
    numbers["index_ms_p50"] = percentile(cold, 50)
    numbers["recall_ms_p50"] = percentile(warm, 50)
    numbers["recall_ms_p95"] = percentile(warm, 95)
    return asked, learnt


async def _store(
    caller: Caller, conversation: Conversation
) -> tuple[str, dict[str, str]]:
    """Write a conversation turn by turn; its anchor, and the turn of each atom."""
    anchor = (await caller.post("/v1/anchors", {"name": conversation.name}))[
        "anchor_id"
    ]
    turn_of = {}
    for turn in conversation.turns:
        body = {
            "anchor_id": anchor,
            "content": turn.content,
            "source_type": "chat-log",
            "metadata": turn.metadata,
        }
        stored = await caller.post("/v1/atoms", body)
        turn_of[stored["atom_ids"][0]] = turn.id
    return anchor, turn_of


def _shares(asked: list[Asked], numbers: dict[str, Number | str]) -> None:
    groups: dict[str, list[Asked]] = {"": asked}
    groups["tuned_"] = [one for one in asked if one.tuned]
    groups["heldout_"] = [one for one in asked if not one.tuned]
    named = {
        f"{half}{name}": [one for one in group if one.question.category in categories]
        for half, group in groups.items()
        for name, categories in {"all": set(CATEGORIES), "14": {1, 2, 3, 4}}.items()
    }
    for number in CATEGORIES:
        named[f"c{number}"] = [one for one in asked if one.question.category == number]
    for name, group in named.items():
        for k in LOCOMO_KS:
            found = share([one.at(k) for one in group])
            numbers[f"locomo_{name}_r{k}"] = found.mean
            numbers[f"locomo_{name}_r{k}_low"] = found.low
            numbers[f"locomo_{name}_r{k}_high"] = found.high


def _learning(learnt: Learnt, numbers: dict[str, Number | str]) -> list[str]:
    lines = [
        "",
        "Feedback, recall at 5 before and after (questions; 95 % of resamples)",
    ]
    groups: Iterable[tuple[str, str, list[float], list[float]]] = (
        ("feedback", "same facts", learnt.same_before, learnt.same_after),
        ("feedback_others", "other facts", learnt.others_before, learnt.others_after),
    )
    for name, label, before, after in groups:
        numbers[f"{name}_r5_before"] = share(before).mean
        numbers[f"{name}_r5_after"] = share(after).mean
        gain = share([b - a for a, b in zip(before, after, strict=True)])
        lines.append(
            f"  {label:<12} {share(before).mean:5.1f} -> {share(after).mean:5.1f}"
            f"  ({len(before)} questions; change {gain.low:+.2f} to {gain.high:+.2f})"
        )
    most = max((abs(change) for change in learnt.bystanders), default=0.0)
    numbers["feedback_atoms"] = learnt.fed_back
    numbers["feedback_bystander_change"] = most
    lines.append(
        f"  {learnt.fed_back} atoms fed back; what was returned beside them moved by"
        f" {100 * most:.3f} % at most"
    )
    return lines


async def _madial(
    caller: Caller, language: str, benchmark: Madial
) -> list[dict[int, float]]:
    anchors: dict[str, str] = {}
    memory_of: dict[str, str] = {}
    for person in benchmark.people:
        body = {"name": f"MADial {language} {person.name}"}
        anchors[person.name] = (await caller.post("/v1/anchors", body))["anchor_id"]
        for id_, event in person.memories.items():
            atom = {
                "anchor_id": anchors[person.name],
                "content": event,
                "source_type": "prd",
            }
            stored = await caller.post("/v1/atoms", atom)
            memory_of[stored["atom_ids"][0]] = id_
    found = []
    for dialogue in benchmark.dialogues:
        query = {"anchor_id": anchors[dialogue.person], "query": dialogue.text}
        items = (await caller.post("/v1/recall", query))["items"]
        answered = [memory_of[item["atom_id"]] for item in items]
        found.append({k: recall_at(k, answered, dialogue.relevant) for k in MADIAL_KS})
    return found


if __name__ == "__main__":
    main()
