"""What is remembered: anchors, and the ledger of atoms with their evidence.

The ledger knows every atom that the site stored, whether the service confirmed it, and
which words prove it. The record of each turn stands in `chatapp.memories.recorded`.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from chatapp.memories.decisions import (
    OffRecord,
    Orphan,
    Removal,
    SensitiveChoice,
    Sharing,
    Tombstone,
    Upstream,
    Why,
)
from chatapp.memories.moved import MovedAnchor, MovedAtom
from chatapp.memories.recorded import (
    Learning,
    StepStatus,
    TurnAtom,
    TurnCall,
    TurnRecord,
    TurnStep,
    Wrong,
)

__all__ = [
    "HELD",
    "LET_GO",
    "Anchor",
    "Atom",
    "AtomState",
    "Evidence",
    "Learning",
    "MovedAnchor",
    "MovedAtom",
    "OffRecord",
    "Orphan",
    "Pause",
    "Removal",
    "SensitiveChoice",
    "Sharing",
    "StepStatus",
    "Tombstone",
    "TurnAtom",
    "TurnCall",
    "TurnRecord",
    "TurnStep",
    "Upstream",
    "Why",
    "Wrong",
]


class Anchor(models.Model):
    """One memory scope: a person and a character (`key` is its slug), or a learner.

    `maas_id` is empty until the service has created the anchor. `claimed_at` is set
    by the process that is creating it, so that two of them never both do; `lost_at`
    when the service last said that it does not know the anchor any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    lane = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    maas_id = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "lane", "key"], name="one_anchor"),
        )

    def __str__(self) -> str:
        return f"{self.lane}:{self.key}"


class AtomState(models.TextChoices):
    """Where an atom stands: only a saved atom was confirmed by the service.

    A withdrawn one has lost its evidence and is to be deleted at the service: then it
    is deleted, or masked for ever where the service has no delete. A waiting one is
    kept back until its person has answered what `waits_for` asks.
    """

    WAITING = "waiting"
    PENDING = "pending"
    SAVED = "saved"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    MASKED = "masked"
    FORGOTTEN = "forgotten"


HELD = (AtomState.PENDING, AtomState.SAVED, AtomState.FAILED)
"""Of an atom that stands for something that is remembered, or is about to be."""
LET_GO = (AtomState.WITHDRAWN, AtomState.DELETED, AtomState.MASKED)
"""Of an atom whose last evidence was removed."""


class Atom(models.Model):
    """One remembered statement, with what has become of it since.

    `maas_id` and `scope` are the service's ids of the atom and of the anchor that it
    was stored in; both are empty until the service confirmed it.

    `speaker` said it ("user" or "assistant"; "" where that was not noted yet), `about`
    is whom it is about ("user", "character", or somebody else as they were called),
    `realm` says where it is true ("life", "role", "story"), and `role` is the persona
    that the person played then: it is of that role alone. It holds since
    `valid_from`, the time of its message, until that of `superseded_by`, which says
    what is true instead. `on_date` is the day that it speaks of, if it names one.

    `by_hand`: the person wrote it on the Memory panel, so that it stands without a
    message. `graded`: answers that the site graded prove it, which need none either.
    `sensitive` is the kind of delicate fact it is (`memory.sensitive`), and
    `waits_for` what the person is asked first: that kind, or "forgotten" when they had
    the same removed before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    anchor = models.ForeignKey(Anchor, on_delete=models.CASCADE, related_name="atoms")
    client_ref = models.UUIDField(unique=True)
    maas_id = models.CharField(max_length=200, blank=True, db_index=True)
    scope = models.CharField(max_length=200, blank=True)
    atom_type = models.CharField(max_length=40)
    content = models.TextField()
    confidence = models.FloatField()
    source_type = models.CharField(max_length=20)
    speaker = models.CharField(max_length=10, blank=True)
    about = models.CharField(max_length=80, blank=True)
    realm = models.CharField(max_length=10, default="life")
    # No foreign key: what a role remembers outlives it, and stays the role's.
    role = models.UUIDField(null=True, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    on_date = models.DateField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="supersedes",
    )
    state = models.CharField(
        max_length=10, choices=AtomState.choices, default=AtomState.PENDING
    )
    pinned = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False, db_default=False)
    graded = models.BooleanField(default=False, db_default=False)
    sensitive = models.CharField(max_length=20, blank=True, default="", db_default="")
    waits_for = models.CharField(max_length=20, blank=True, default="", db_default="")
    problem = models.TextField(blank=True)
    brought_by = models.ForeignKey(
        "TurnRecord", on_delete=models.SET_NULL, null=True, related_name="brought"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["anchor", "maas_id"],
                condition=~models.Q(maas_id=""),
                name="one_atom_per_maas_id",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="withdrawn"),
                name="atom_to_delete",
            ),
            models.Index(
                fields=["anchor", "atom_type", "-pinned", "-created_at", "-id"],
                name="atom_listed",
            ),
            # Few are: what is asked about and what waits for an answer.
            models.Index(
                fields=["anchor", "sensitive"],
                condition=~models.Q(sensitive=""),
                name="atom_sensitive",
            ),
            models.Index(
                fields=["anchor", "waits_for"],
                condition=models.Q(state="waiting"),
                name="atom_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.atom_type} {self.pk}"


class Evidence(models.Model):
    """A literal quote that proves an atom, the message it stands in, and its turn."""

    atom = models.ForeignKey(Atom, on_delete=models.CASCADE, related_name="evidence")
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE)
    record = models.ForeignKey(
        "TurnRecord", on_delete=models.SET_NULL, null=True, related_name="evidence"
    )
    quote = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["atom", "message", "quote"], name="one_evidence_per_quote"
            ),
        )

    def __str__(self) -> str:
        return f"evidence of {self.atom_id}"


class Pause(models.Model):
    """The one row that says that the memory account is blocked: nothing is learnt.

    `reason` is for the operator, `told` for the person whose reply it is; `probed_at`
    is when the service was last asked whether it is over. No row: all is well.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=ONLY, editable=False
    )
    reason = models.TextField()
    told = models.TextField()
    since = models.DateTimeField(auto_now_add=True)
    probed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="one_pause"),
        )

    def __str__(self) -> str:
        return f"paused since {self.since:%Y-%m-%d %H:%M}"
