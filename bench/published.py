"""What others measured on the same data, and the tables that stand beside it.

LoCoMo: Maharana et al., "Evaluating Very Long-Term Conversational Memory of LLM
Agents" (2024), table 3, dialog turns; categories 1 to 4 computed from it. MADial-Bench:
the rankings released with it. "BM25" rows are plain ones of our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.locomo import CATEGORIES
from bench.table import Number

LOCOMO = {
    "DRAGON, all": ("56.7", "66.2", "76.7", "82.7"),
    "DRAGON, 1 to 4": ("60.4", "69.6", "79.7", "85.6"),
    "BM25 turns, all": ("55.9", "64.2", "72.2", "78.1"),
    "BM25 turn + previous + 0.3 session, all": ("66.4", "75.3", "82.2", "87.2"),
    "the same, 1 to 4": ("62.7", "71.3", "79.2", "84.7"),
}
DRAGON_AT_10 = {1: "46.6", 2: "77.3", 3: "40.8", 4: "77.7", 5: "54.7"}
BM25_AT_10 = {1: "35.5", 2: "73.9", 3: "33.0", 4: "86.8", 5: "88.8"}
MADIAL = {
    "en": {
        "OpenAI": ("36.8", "58.0", "69.5", "80.6"),
        "bge-m3": ("27.9", "47.3", "55.3", "70.5"),
        "gte": ("27.1", "43.7", "52.5", "65.7"),
        "jina": ("21.3", "36.9", "44.8", "62.2"),
        "BM25": ("26.9", "43.4", "51.8", "65.4"),
    },
    "zh": {
        "OpenAI": ("36.3", "58.4", "69.4", "82.4"),
        "bge-m3": ("28.9", "50.1", "58.6", "71.4"),
        "Dmeta": ("30.5", "52.1", "59.9", "70.1"),
        "BM25, character pairs": ("26.7", "41.1", "50.9", "60.9"),
    },
}
WIDE = 42


def locomo_rows(ks: Sequence[int], numbers: Mapping[str, Number | str]) -> list[str]:
    """LoCoMo's tables as lines."""
    lines = ["LoCoMo, evidence recall at k, turns as memories (95 % of resamples)"]
    lines.append(" " * WIDE + "".join(f"{k:>20}" for k in ks))
    for label, group in (
        ("Anchorage, all", "all"),
        ("Anchorage, 1 to 4", "14"),
        ("Anchorage, half tuned on, all", "tuned_all"),
        ("Anchorage, half held out, all", "heldout_all"),
        ("Anchorage, half held out, 1 to 4", "heldout_14"),
    ):
        cells = (_cell(numbers, f"locomo_{group}_r{k}") for k in ks)
        lines.append(f"{label:<{WIDE}}" + "".join(cells))
    for label, row in LOCOMO.items():
        lines.append(f"{label:<{WIDE}}" + "".join(f"{one:>20}" for one in row))
    lines += ["", f"{'at 10 by category':<{WIDE}}{'Anchorage':>20}  DRAGON    BM25"]
    for number, name in CATEGORIES.items():
        cell = _cell(numbers, f"locomo_c{number}_r10")
        known = f"{DRAGON_AT_10[number]:>8}{BM25_AT_10[number]:>8}"
        lines.append(f"{name:<{WIDE}}{cell}{known}")
    times = ("recall_ms_p50", "recall_ms_p95", "index_ms_p50", "write_ms_an_atom")
    lines += ["", "  ".join(f"{n} {float(numbers[n]):.2f}" for n in times)]
    return lines


def madial_rows(
    language: str, ks: Sequence[int], numbers: Mapping[str, Number | str]
) -> list[str]:
    """MADial-Bench's table in one language as lines."""
    lines = ["", f"MADial-Bench {language}, recall at k, own memories only"]
    lines.append(" " * WIDE + "".join(f"{k:>8}" for k in ks))
    ours = [f"{float(numbers[f'madial_{language}_r{k}']):.1f}" for k in ks]
    for label, row in {"Anchorage": ours, **MADIAL[language]}.items():
        lines.append(f"{label:<{WIDE}}" + "".join(f"{one:>8}" for one in row))
    return lines


def _cell(numbers: Mapping[str, Number | str], name: str) -> str:
    mean, low, high = (float(numbers[name + end]) for end in ("", "_low", "_high"))
    return f"{mean:.1f} ({low:.1f}-{high:.1f})".rjust(20)
