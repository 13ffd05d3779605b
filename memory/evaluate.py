"""Step 4 of a turn: which memories the answer really used.

A cascade: a marker must name an injected atom, then the answer must support it by what
its words add to the conversation (`memory.support`). An atom without a marker counts
too when its support is strong. A marked memory that asks to leave something alone is
used by leaving it alone (`memory.restraint`). *Used* is what a page may show;
*verified* is what may be fed back. An answer that is not final, or refuses, verifies
nothing. A marker that nothing bears out is told as named, and not as used. Every
verdict has a sentence that says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from memory.notes import Injected
from memory.refusal import refuses
from memory.reply import Reply
from memory.restraint import Restraint, restraint
from memory.support import Likeness, Support, counting, measure

CITED_SUPPORT = 0.10
"""Share of a memory's own words that confirms a marker."""
LITTLE = 0.005
"""A share that would be told as 0 %."""


@dataclass(frozen=True)
class AtomVerdict:
    """What the evaluator found for one injected atom; `reason` is for the page.

    `support` is the share of what only this memory says that is new in the reply,
    `chance` how likely the words alone make it that the reply used it. `restraint`:
    it was used by what the reply left unsaid; `contradicted`: that was not kept to.
    """

    atom_id: str
    label: str
    cited: bool
    support: float
    used: bool
    verified: bool
    reason: str
    chance: float = 0.0
    restraint: bool = False
    contradicted: bool = False


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
    def cites(self) -> bool:
        """Whether any marker named an injected atom."""
        return any(atom.cited for atom in self.atoms)

    @property
    def verified_ids(self) -> tuple[str, ...]:
        """Ids of the atoms that may be fed back, as far as the recall returned them."""
        return tuple(atom.atom_id for atom in self.atoms if atom.verified)


def evaluate(
    reply: Reply,
    injected: Sequence[Injected],
    earlier: Sequence[str],
    likeness: Likeness | None = None,
) -> Verdict:
    """Judge one ended reply; `earlier` is the dialogue before it, as sent.

    `likeness` compares by meaning where it knows the language; without it words decide.
    """
    final, why = finality(reply)
    cited = {citation.label for citation in reply.citations}
    memories = [item.atom.content for item in injected]
    supports = measure(reply.text, memories, earlier, likeness)
    strong = counting(supports)
    atoms = tuple(
        judge(
            item,
            support,
            cited=item.label in cited,
            strong=shown,
            left=restraint(item.atom, reply.text) if item.label in cited else None,
            final=final,
        )
        for item, support, shown in zip(injected, supports, strong, strict=True)
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


def judge(
    item: Injected,
    support: Support,
    *,
    cited: bool,
    strong: bool,
    left: Restraint | None,
    final: bool,
) -> AtomVerdict:
    """The verdict on one atom, with the sentence that explains it.

    `strong`: the words alone show that it was used; `left`: what it asks to be left
    alone was (not), None where it asks for nothing of the kind.
    """
    said = strong or (cited and support.share >= CITED_SUPPORT)
    verified = said if left is None else left.kept
    reason = left.reason if left else explain(support, cited=cited, said=said)
    if verified and not final:
        reason += " The reply reinforces nothing."
    return AtomVerdict(
        atom_id=item.atom.atom_id,
        label=item.label,
        cited=cited,
        support=round(support.share, 4),
        used=verified or strong,
        verified=verified and final,
        reason=reason,
        chance=round(support.chance, 4),
        restraint=left is not None and left.kept,
        contradicted=left is not None and not left.kept,
    )


def explain(support: Support, *, cited: bool, said: bool) -> str:
    """One sentence on the evidence."""
    if cited and not said:
        return "Cited, but nothing in the reply is new from this memory."
    if not said:
        return "In the prompt, not used."
    share = f"contains {round(support.share * 100)} % of what only this memory says"
    if support.claimed and support.share < LITTLE:
        share = "says that it remembers this, in words of its own"
    elif support.claimed:
        share += ", in a passage that says it remembers"
    return f"{'Cited, and' if cited else 'Not cited, but'} the reply {share}."
