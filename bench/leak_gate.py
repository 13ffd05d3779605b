"""How well the leak gate sees an answer given away: `make bench-leaks MRBENCH=file`.

MRBench has replies of eight models and a teacher to wrong solutions, with people's word
on whether each gives the answer away. Counted are the dialogues with a reference answer.
They are halved by a hash of their id: the gate was mended after a look at the misses of
the one half ("seen"), the other ("held out") was only counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.table import Run, table, write

REVEALS = "Yes (and the answer is correct)"
LEAST = {
    "all_loose_precision": 0.5,
    "all_loose_recall": 0.97,
    "all_tight_precision": 0.75,
    "all_tight_recall": 0.81,
}
"""What two rules of this kind were found to reach on all of it (the first two figures
of each pair are what decides whether a reply is written again)."""


@dataclass(frozen=True)
class Reply:
    """A tutor's reply, and people's labels: `reveals` that it gives the answer away,
    `acts` that it leaves something to do, `found` that it names the mistake."""

    dialogue: str
    before: str
    answer: str
    text: str
    reveals: bool
    acts: bool
    found: bool

    @property
    def is_held_out(self) -> bool:
        """Whether nobody looked at it."""
        return hashlib.sha256(self.dialogue.encode()).digest()[0] % 2 == 1


@dataclass
class Count:
    """Right and wrong verdicts, against what people say."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def add(self, said: bool, is_so: bool) -> None:
        """One more."""
        self.hits += said and is_so
        self.false += said and not is_so
        self.missed += is_so and not said

    @property
    def precision(self) -> float:
        """Share of what was said that is so."""
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        """Share of what is so that was said."""
        return self.hits / max(1, self.hits + self.missed)


def load(file: Path) -> list[Reply]:
    """All replies to dialogues whose reference ends in its answer. Raises OSError."""
    return list(_replies(json.loads(file.read_text(encoding="utf-8"))))


def _replies(dialogues: Iterable[dict[str, Any]]) -> Iterator[Reply]:
    for row in dialogues:
        answer = str(row["Ground_Truth_Solution"]).strip().rsplit("\n", 1)[-1].strip()
        if not any(c.isdigit() for c in answer):
            continue  # "Not Available"
        for reply in row["anno_llm_responses"].values():
            labels = reply["annotation"]
            yield Reply(
                dialogue=row["conversation_id"],
                before=row["conversation_history"],
                answer=answer,
                text=reply["response"],
                reveals=labels["Revealing_of_the_Answer"] == REVEALS,
                acts=labels["Actionability"] != "No",
                found=labels["Mistake_Identification"] == "Yes",
            )


def measured(replies: Sequence[Reply]) -> dict[str, float]:
    """Every figure of these replies."""
    from tutor.content.course import Item  # needs Django
    from tutor.lessons import leaks, lints

    loose, tight, asks, praise = Count(), Count(), Count(), Count()
    for one in replies:
        item = Item("item", "concept", "numeric", "", one.answer)
        verdict = leaks.judge(item, one.text, [one.before])
        loose.add(verdict != "fine", one.reveals)
        tight.add(verdict == "withheld", one.reveals)
        asks.add(lints.asks(one.text), one.acts)
        praise.add(lints.praises_without_correction(one.text), not one.found)
    counts = {"loose": loose, "tight": tight, "asks": asks, "praise": praise}
    figures: dict[str, float] = {
        "replies": len(replies),
        "reveals": sum(one.reveals for one in replies),
    }
    for name, count in counts.items():
        figures |= {
            f"{name}_precision": count.precision,
            f"{name}_recall": count.recall,
        }
    return figures


def figures(replies: Sequence[Reply]) -> dict[str, float]:
    """The figures of both halves, and of all."""
    halves = {
        "seen": [one for one in replies if not one.is_held_out],
        "held_out": [one for one in replies if one.is_held_out],
        "all": list(replies),
    }
    return {
        f"{half}_{name}": value
        for half, some in halves.items()
        for name, value in measured(some).items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mrbench", type=Path, help="MRBench_V2.json")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    import django

    django.setup()
    run = Run(figures(load(options.mrbench)))
    print(table(run, {}, LEAST))
    if options.json:
        write(run, options.json)


if __name__ == "__main__":
    main()
