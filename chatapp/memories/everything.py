"""Delete everything that is remembered of a person, with an honest receipt.

Masked in one transaction, removed right after it by the loop that removes what was
forgotten: from the ledger, the records of turns, and the service where that can delete.
What was about to be learnt is let go, too. Messages stay; they are no memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_noop

from chatapp.accounts.models import User
from chatapp.memories import forgetting
from chatapp.memories.models import (
    Anchor,
    Removal,
    StepStatus,
    TurnRecord,
    TurnStep,
    Upstream,
)
from chatapp.memories.records import unfinished

DISCARDED = gettext_noop("you had everything deleted before it was learnt.")


@dataclass(frozen=True)
class Progress:
    """How far a deletion has come. `masked` is what the service can not delete."""

    asked: int
    waiting: int
    deleted: int
    masked: int
    never: int

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to remove."""
        return self.waiting == 0


def delete_everything(user: User) -> int:
    """Let go of every atom of this person; returns how many. There is no undo."""
    with transaction.atomic():
        # Jobs that learn hold a turn's row, and pins a scope's.
        anchors = Anchor.objects.filter(user=user).order_by("pk")
        list(anchors.select_for_update(no_key=True))
        _discard_turns(user)
        return forgetting.forget_all(user)


def progress(user: User) -> Progress:
    """What became of everything that this person had removed."""
    counts = Removal.objects.filter(anchor__user=user).aggregate(
        asked=Count("pk"),
        waiting=Count("pk", filter=Q(erased_at=None)),
        deleted=Count("pk", filter=Q(upstream=Upstream.DELETED)),
        masked=Count("pk", filter=Q(upstream=Upstream.MASKED)),
        never=Count("pk", filter=Q(upstream=Upstream.NEVER)),
    )
    return Progress(**counts)


def _discard_turns(user: User) -> None:
    turns = TurnRecord.objects.filter(
        pk__in=unfinished().filter(anchor__user=user).values("pk")
    )
    held = list(turns.select_for_update(no_key=True, of=("self",)))
    steps = [
        TurnStep(
            record=turn, name="learn", status=StepStatus.DISCARDED, detail=DISCARDED
        )
        for turn in held
    ]
    TurnStep.objects.bulk_create(
        steps,
        update_conflicts=True,
        unique_fields=["record", "name"],
        update_fields=["status", "detail", "updated_at"],
    )
