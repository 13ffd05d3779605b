"""Step 4 of a turn: which memories the answer really used.

A cascade: the marker must name an injected atom, then the answer must support it by
words that were not in the conversation before (lexical novelty). An atom without a
marker counts too when its support is strong. *Used* is what a page may show;
*verified* is what may be fed back. An answer that is not final, or refuses, verifies
nothing.

Score: for reply R, earlier dialogue C and memory M as word sets,
s = sum idf(w), w in (R-C)&(M-C)  /  sum idf(w), w in M-C, with idf over the memories
in the prompt. Words that any reply may hold ("day", "good") are in none of the sets.
The reply counts as a whole, not sentence by sentence. Formula and thresholds come from
a measurement on MADial-Bench (`docs/architecture.md`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from memory.prompt import Injected
from memory.reply import Reply
from memory.words import EVERYDAY, weight, words

CITED_SUPPORT = 0.10
"""Support that confirms a marker."""
UNCITED_SUPPORT = 0.20
"""Support that counts without a marker ..."""
UNCITED_SHARE_OF_BEST = 0.5
"""... when it is also at least this share of the best-supported atom's ..."""
UNCITED_WORDS = 2.0
"""... and rests on more than one word; a pair of characters is half a word."""

_REFUSAL = re.compile(
    r"\W*(?:"
    # English: an excuse, perhaps, and then "I can't" with what assistants say after it.
    r"(?:(?:i['\u2019]?m |i am )?(?:so |very |really |terribly )?sorry\W+"
    r"|i apologi[sz]e\W+|unfortunately\W+|as an ai\b[^.!?\n]{0,40}?\W)?"
    r"(?:but )?i(?:['\u2019]m| am)?(?: just)?"
    r" (?:can['\u2019]?t|can ?not|won['\u2019]?t|not able to|unable to)"
    r" (?:help(?! but\b| \w+ing\b)|assist|comply|continue|provide|fulfill?|engage"
    r"|discuss|create|write|generate|support|do (?:that|this)|answer (?:that|this))\b"
    r"|(?:죄송|미안)[^.!?\n]{0,40}(?:수(?:가|는)? 없|어렵습니다|못 (?:해|합|드))"
    r"|(?:도와|답변|대답|제공)[^.!?\n]{0,8}수(?:가|는)? 없"
    r"|(?:申し訳|恐れ入り|すみません|ごめんなさい)[^。！？\n]{0,40}"
    r"(?:でき(?:ません|ない)|できかね|いたしかね|お答えし(?:ません|かね))"
    r"|(?:お手伝い|お答え|対応)[^。！？\n]{0,8}できません"
    r"|(?:非常|很|真的)?(?:抱歉|对不起|對不起|遗憾|不好意思)[^。！？\n]{0,20}"
    r"(?:无法|無法|不能|没办法)"
    r"|我(?:无法|無法|不能)(?:帮|提供|回答|协助|讨论|满足)"
    r")",
    re.IGNORECASE,
)
"""How a refusal opens, in four languages. A character who says no in other words ("I
can't come on Sunday") refuses nothing here."""


@dataclass(frozen=True)
class AtomVerdict:
    """What the evaluator found for one injected atom; `reason` is for the page."""

    atom_id: str
    label: str
    cited: bool
    support: float
    used: bool
    verified: bool
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What the evaluator found for one answer.

    `final` says whether the answer may reinforce memory at all, and `reason` why.
    `stray` holds labels that the model made up.
    """

    final: bool
    reason: str
    atoms: tuple[AtomVerdict, ...] = ()
    stray: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        """Whether any memory was used."""
        return any(atom.used for atom in self.atoms)

    @property
    def verified_ids(self) -> tuple[str, ...]:
        """Ids of the atoms that may be fed back, as far as the recall returned them."""
        return tuple(atom.atom_id for atom in self.atoms if atom.verified)


def evaluate(
    reply: Reply, injected: Sequence[Injected], earlier: Sequence[str]
) -> Verdict:
    """Judge one ended reply; `earlier` is the dialogue before it, as sent."""
    final, why = finality(reply)
    cited = {citation.label for citation in reply.citations}
    scores = novelty(reply.text, injected, earlier)
    best = max((score for score, _ in scores.values()), default=0.0)
    atoms = tuple(
        judge(item, item.label in cited, *scores[item.label], best=best, final=final)
        for item in injected
    )
    labels = {item.label for item in injected}
    stray = tuple(
        dict.fromkeys(c.label for c in reply.citations if c.label not in labels)
    )
    return Verdict(final=final, reason=why, atoms=atoms, stray=stray)


def finality(reply: Reply) -> tuple[bool, str]:
    """Whether this answer may reinforce memory, and why (not)."""
    if reply.ending != "complete":
        return False, f"The reply was {reply.ending}, so it reinforces nothing."
    if not reply.text.strip():
        return False, "The reply is empty, so it reinforces nothing."
    if reply.finish == "content_filter" or refuses(reply.text):
        return False, "The reply is a refusal, so it reinforces nothing."
    return True, "The reply is complete."


def refuses(text: str) -> bool:
    """Whether the text opens like a refusal."""
    return _REFUSAL.match(text) is not None


def novelty(
    text: str, injected: Sequence[Injected], earlier: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Per label: the support score 0..1 and the number of words it rests on."""
    said = words("\n".join(earlier), EVERYDAY)
    fresh = words(text, EVERYDAY) - said
    texts = {item.label: words(item.atom.content, EVERYDAY) for item in injected}
    spread = Counter(word for found in texts.values() for word in found)
    total = len(texts)

    def idf(word: str) -> float:
        seen = spread[word]
        return math.log(1 + (total - seen + 0.5) / (seen + 0.5))

    scores: dict[str, tuple[float, float]] = {}
    for label, found in texts.items():
        telling = found - said
        shared = telling & fresh
        whole = sum(idf(word) for word in telling)
        score = sum(idf(word) for word in shared) / whole if whole else 0.0
        scores[label] = (score, sum(map(weight, shared)))
    return scores


def judge(
    item: Injected,
    cited: bool,
    support: float,
    shared: float,
    *,
    best: float,
    final: bool,
) -> AtomVerdict:
    """The verdict on one atom, with the sentence that explains it."""
    strong = (
        support >= UNCITED_SUPPORT
        and support >= UNCITED_SHARE_OF_BEST * best
        and shared >= UNCITED_WORDS
    )
    supported = support >= CITED_SUPPORT if cited else strong
    share = f"{round(support * 100)} % of what only this memory says"
    if cited and supported:
        reason = f"Cited, and the reply contains {share}."
    elif cited:
        reason = "Cited, but nothing in the reply is new from this memory."
    elif strong:
        reason = f"Not cited, but the reply contains {share}."
    else:
        reason = "In the prompt, not used."
    return AtomVerdict(
        atom_id=item.atom.atom_id,
        label=item.label,
        cited=cited,
        support=round(support, 4),
        used=cited or strong,
        verified=supported and final,
        reason=reason,
    )
