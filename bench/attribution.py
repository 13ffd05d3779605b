"""How well the evaluator sees which memory a reply used: `make bench-attribution`.

Without markers: only what the words show. Weights, threshold and margin are fitted on
one half of the dialogues and reported on the other, both ways, over several ways to
halve them; the interval is a bootstrap over dialogues. The shipped weights were fitted
on all of it, so their figures are listed apart.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from bench.fitting import Judged, Score, fit, score
from bench.madial import Turn, load
from bench.table import Run, percentile, table, write
from memory.evaluate import evaluate
from memory.notes import Injected
from memory.recall import Remembered
from memory.reply import Reply
from memory.support import SPACED, SPACED_ALIKE, UNSPACED, Likeness, Weights, measure

MOST_FALSE = {"en": 0.03, "zh": 0.05}
"""The most turns without memory that may be credited, when a threshold is chosen."""
HALVINGS = 10
RESAMPLES = 1_000
AIMS = {"en_false_credit": 0.03, "zh_false_credit": 0.05, "ms_per_turn": 2.0}
LEAST = {"en_f1": 0.95, "zh_f1": 0.90}


def judged(turns: Sequence[Turn], likeness: Likeness | None) -> list[Judged]:
    """The evidence for every memory of every turn."""
    return [
        Judged(
            t, tuple(measure(t.reply, [m for _, m in t.memories], t.earlier, likeness))
        )
        for t in turns
    ]


def held_out(turns: Sequence[Judged], *, most_false: float) -> list[list[Score]]:
    """For each halving: every turn's score under the weights of the other half."""
    dialogues = sorted({one.turn.dialogue for one in turns})
    found = []
    for seed in range(HALVINGS):
        shuffled = list(dialogues)
        random.Random(seed).shuffle(shuffled)
        half = set(shuffled[: len(shuffled) // 2])
        scores: dict[int, Score] = {}
        for side in (True, False):
            learnt = [one for one in turns if (one.turn.dialogue in half) is side]
            weights = fit(learnt, most_false=most_false)
            rest = [n for n, t in enumerate(turns) if (t.turn.dialogue in half) != side]
            counted = score([turns[n] for n in rest], weights)
            scores.update(zip(rest, counted, strict=True))
        found.append([scores[n] for n in range(len(turns))])
    return found


def interval(
    turns: Sequence[Judged], halvings: Sequence[Sequence[Score]]
) -> list[float]:
    """95 % of F1 and of the false credits, dialogues drawn again with replacement."""
    by_dialogue: dict[int, Score] = {}
    for scores in halvings:
        for one, counted in zip(turns, scores, strict=True):
            key = one.turn.dialogue
            by_dialogue[key] = by_dialogue.get(key, Score()) + counted
    pool = list(by_dialogue.values())
    draw = random.Random(0)
    drawn = [sum(draw.choices(pool, k=len(pool)), Score()) for _ in range(RESAMPLES)]
    f1, false = [s.f1 for s in drawn], [s.false_credit for s in drawn]
    return [percentile(of, at) for of in (f1, false) for at in (2.5, 97.5)]


def milliseconds(turns: Sequence[Turn], likeness: Likeness | None) -> float:
    """The median of a whole verdict, milliseconds of processor time."""
    took = []
    for turn in turns:
        injected = [
            Injected(f"m{n}", Remembered(key, memory, recalled=True))
            for n, (key, memory) in enumerate(turn.memories, start=1)
        ]
        began = time.process_time()
        evaluate(Reply(turn.reply), injected, turn.earlier, likeness)
        took.append((time.process_time() - began) * 1000)
    return percentile(took, 50)


def measured(folder: Path) -> Run:
    """All numbers."""
    from chatapp.memories.likeness import likeness  # needs settings

    numbers: dict[str, float | str] = {}
    notes = [""]
    spent = []
    for language in ("en", "zh"):
        turns = load(folder, language)
        found = judged(turns, likeness())
        halvings = held_out(found, most_false=MOST_FALSE[language])
        whole = sum((sum(scores, Score()) for scores in halvings), Score())
        low, high, least, most = interval(found, halvings)
        numbers |= {
            f"{language}_f1": whole.f1,
            f"{language}_precision": whole.precision,
            f"{language}_recall": whole.recall,
            f"{language}_false_credit": whole.false_credit,
            f"{language}_f1_low": low,
            f"{language}_f1_high": high,
            f"{language}_false_credit_low": least,
            f"{language}_false_credit_high": most,
        }
        shipped = SPACED_ALIKE if language == "en" else UNSPACED
        numbers |= _shipped(language, found, shipped)
        if language == "en":
            numbers |= _shipped("en_without_vectors", judged(turns, None), SPACED)
        spent.append(milliseconds(turns, likeness()))
        reached = "reached" if whole.f1 >= LEAST[f"{language}_f1"] else "missed"
        notes.append(f"{language}: F1 aim {LEAST[f'{language}_f1']} {reached}.")
    numbers["ms_per_turn"] = max(spent)
    notes.append(
        "Held out: fitted on one half, counted on the other. 'shipped': the weights in"
        " memory/support.py, which were fitted on the same data."
    )
    return Run(numbers, notes)


def _shipped(name: str, turns: Sequence[Judged], weights: Weights) -> dict[str, float]:
    whole = sum(score(turns, weights), Score())
    return {
        f"{name}_shipped_f1": whole.f1,
        f"{name}_shipped_false_credit": whole.false_credit,
    }


def weights_for_shipping(folder: Path) -> None:
    """Print the three sets of weights, fitted on everything."""
    from chatapp.memories.likeness import likeness  # needs settings

    for name, language, with_vectors in (
        ("SPACED", "en", False),
        ("SPACED_ALIKE", "en", True),
        ("UNSPACED", "zh", False),
    ):
        turns = judged(load(folder, language), likeness() if with_vectors else None)
        found = fit(turns, most_false=MOST_FALSE[language])
        print(name, tuple(round(value, 2) for value in astuple(found)))


def main() -> None:
    """Measure and print, or print the weights to ship."""
    parser = argparse.ArgumentParser()
    parser.add_argument("madial", type=Path, help="the folder of MADial-Bench")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--fit", action="store_true", help="print weights to ship")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    if options.fit:
        weights_for_shipping(options.madial)
        return
    run = measured(options.madial)
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)


if __name__ == "__main__":
    main()
