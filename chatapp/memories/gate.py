"""What stands between an extraction and the ledger: the person's own decisions.

Nothing is taken in again from words whose memory was removed. What is delicate, or was
removed before and is said anew, is taken in as waiting: it goes nowhere until the
person has answered. What they said no to is not taken in at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext_noop

from chatapp.memories.models import Anchor, AtomState, SensitiveChoice, Tombstone
from chatapp.memories.tombstones import is_buried, was_forgotten
from chatapp.pipeline import Asked
from memory.extract import Candidate
from memory.sensitive import kind_of
from memory.taxonomy import Speaker

FORGOTTEN = "forgotten"
"""What an atom waits for that says what was removed before."""
ANYWAY = frozenset({"boundary"})
"""Kept without a question: whoever draws a line must not be asked to wait."""
NOT_A_LIFE = frozenset({"backstory_reveal", "concept_mastered", "misconception"})
"""Types that tell nothing of the person's life: a character's, and school's."""
TEXT = "SELECT text FROM conversations_message WHERE id = %s"


@dataclass(frozen=True)
class Admission:
    """How a candidate is taken in; `refused` says why it is not, in words."""

    state: AtomState = AtomState.PENDING
    sensitive: str = ""
    waits_for: str = ""
    refused: str = ""


REFUSED = {
    "health": gettext_noop("You chose not to have health remembered."),
    "sexuality": gettext_noop("You chose not to have sexuality remembered."),
    "religion": gettext_noop("You chose not to have religion remembered."),
    "politics": gettext_noop("You chose not to have politics remembered."),
    "money": gettext_noop("You chose not to have money remembered."),
    "secrets": gettext_noop("You chose not to have secrets remembered."),
}
"""Why a fact of a kind was not taken in; kept in its record, and translated there."""


class Gate:
    """The decisions that concern one turn; `messages` are where each speaker spoke."""

    def __init__(self, anchor_id: UUID, messages: Mapping[Speaker, UUID]) -> None:
        self._anchor_id = anchor_id
        self._messages = messages

    def admit(self, candidate: Candidate) -> Admission:
        """What is to become of this candidate."""
        message_id = self._messages[candidate.speaker]
        if message_id in self._marked and is_buried(
            message_id, self._text(message_id), candidate.quote
        ):
            return Admission(
                refused=gettext_noop("You had what these words said removed.")
            )
        kind = sensitive_kind(
            candidate.atom_type, candidate.speaker, candidate.content, candidate.quote
        )
        if was_forgotten(self._anchor_id, candidate.content):
            return Admission(AtomState.WAITING, kind, FORGOTTEN)
        if not kind or candidate.atom_type in ANYWAY:
            return Admission(sensitive=kind)
        allowed = self._choices.get(kind)
        if allowed is None:
            return Admission(AtomState.WAITING, kind, kind)
        if not allowed:
            return Admission(refused=REFUSED[kind])
        return Admission(sensitive=kind)

    @cached_property
    def _marked(self) -> set[UUID]:
        stones = Tombstone.objects.filter(message__in=self._messages.values())
        return set(stones.values_list("message", flat=True))

    @cached_property
    def _choices(self) -> dict[str, bool]:
        owner = Anchor.objects.filter(pk=self._anchor_id).values("user")
        choices = SensitiveChoice.objects.filter(user__in=owner)
        return dict(choices.values_list("kind", "allowed"))

    def _text(self, message_id: UUID) -> str:
        row = Asked(TEXT, [message_id]).one()
        return str(row[0]) if row else ""


def sensitive_kind(atom_type: str, speaker: str, content: str, quote: str) -> str:
    """The kind of delicate fact about a person's life that this is, or ""."""
    if speaker == "assistant" or atom_type in NOT_A_LIFE:
        return ""
    return kind_of(content, quote)
