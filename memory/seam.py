"""Where a continued reply meets the text before it.

A model that shall go on where it stopped often says its last words once more, or starts
a word again that was cut in two. That is taken out here, on the fly; what only looks
like it (a refrain, a row of zeros) stays. The first pieces are held back for as long as
they may still be such a repetition, and no longer.
"""

from __future__ import annotations

WINDOW = 4_000
"""Characters at the end of the text before, in which a repetition is looked for."""
REPEATED = 12
"""So much said again word for word is no accident. Spaces count nothing and a CJK
character three, as it says about as much."""
RESTARTED = 8
"""... or so much, when the text before ends within a word that is then completed ..."""
GLUED = 4
"""... or so much, when without a space between them no word would come of it."""
WIDE = "\u2e80"
"""CJK characters start here; they are words without spaces between them."""


class Seam:
    """Feed it the continuation of `so_far`, take what is to stand behind it.

    `joint` comes between, unless the continuation brings space of its own: for a reply
    that had ended and gets another paragraph. `shift` is how many characters were
    added (or, below 0, taken out) before what the first piece is followed by.
    """

    def __init__(self, so_far: str, joint: str = "") -> None:
        self.shift = 0
        kept = so_far.rstrip()
        self._end = kept[-WINDOW:]
        self._space = so_far[len(kept) :]
        self._joint = "" if self._space else joint
        self._held = ""
        self._over = not kept

    def feed(self, piece: str) -> str:
        """What may be shown now; "" while it may all be a repetition."""
        if self._over:
            return piece
        self._held += piece
        said = self._held.lstrip()
        # The sign of a restarted word comes right behind what is said again.
        if not said or self._starts(said):
            return ""
        return self._release(said)

    def finish(self) -> str:
        """What was still held back when the model ended."""
        return "" if self._over else self._release(self._held.lstrip())

    def _release(self, said: str) -> str:
        self._over = True
        held, self._held = self._held, ""
        lead = held[: len(held) - len(said)]
        again = self._said_again(said)
        if again and self._repeats(again, lead, said[len(again) :]):
            out = said[len(again) :].removeprefix(self._space)
        elif self._joint and said and "\n" not in lead:
            out = self._joint + said
        elif self._space.endswith(" ") and lead.isspace() and "\n" not in lead:
            out = said if "\n" not in self._space else held
        else:
            out = held
        self.shift = len(out) - len(held)
        return out

    def _starts(self, said: str) -> bool:
        """Whether all of `said` stands in the text before, from a word's start on."""
        before = self._end + self._space
        at = before.find(said)
        while at >= 0:
            if self._begins_word(at):
                return True
            at = before.find(said, at + 1)
        return False

    def _said_again(self, said: str) -> str:
        """The longest end of the text before that the continuation begins with."""
        end = self._end
        for at in range(max(0, len(end) - len(said)), len(end)):
            if said.startswith(end[at:]) and self._begins_word(at):
                return end[at:]
        return ""

    def _begins_word(self, at: int) -> bool:
        if at == 0 or self._end[at] >= WIDE:
            return True
        return not (self._end[at - 1].isalnum() and self._end[at].isalnum())

    def _repeats(self, again: str, lead: str, rest: str) -> bool:
        """Whether this was said again by mistake, and not because it belongs there."""
        if _recurs(again):
            return False
        weight = sum(3 if c >= WIDE else 1 for c in again if not c.isspace())
        in_word = self._end[-1].isalnum() and self._end[-1] < WIDE and not self._space
        if in_word and not lead and weight >= GLUED:
            return True
        if in_word and rest[:1].isalnum() and weight >= RESTARTED:
            return True
        return weight >= REPEATED and self._end.count(again) == 1


def _recurs(text: str) -> bool:
    """Whether the text is one thing over and over ("0, 0, 0"): a pattern goes on."""
    return any(
        text.startswith(text[period:]) for period in range(1, len(text) // 2 + 1)
    )
