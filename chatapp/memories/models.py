"""What is remembered: anchors, the ledger of atoms, and the record of each turn.

The ledger knows every atom that the site stored, whether the service confirmed it, and
which words prove it. A turn record keeps retrieved, injected, cited, verified and fed
back apart, because they are five different claims.
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
    "TurnRecord",
    "TurnStep",
    "Upstream",
    "Why",
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


class TurnRecord(models.Model):
    """What memory did in one turn. `failure` says why there was none, for the person.

    `prompt_parts` are name, tokens and pieces of each part of the prompt,
    `prompt_trimmed` the same of what did not fit of card and examples. `prompt_lore` is
    what lorebooks brought in, `prompt_summary` what stood for older messages.
    `prompt_dropped` counts those, `prompt_covered` the ones that the summary tells of;
    `prompt_first` is the oldest message that stood there word for word.
    """

    generation = models.OneToOneField(
        "conversations.Generation", on_delete=models.CASCADE, related_name="record"
    )
    anchor = models.ForeignKey(Anchor, on_delete=models.CASCADE)
    session_id = models.CharField(max_length=200, blank=True)
    failure = models.TextField(blank=True)
    failure_detail = models.TextField(blank=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    prompt_messages = models.PositiveIntegerField(default=0)
    prompt_parts = models.JSONField(default=list)
    prompt_dropped = models.PositiveIntegerField(default=0)
    prompt_covered = models.PositiveIntegerField(default=0, db_default=0)
    prompt_first = models.UUIDField(null=True, blank=True)
    prompt_trimmed = models.JSONField(default=list, db_default=[])
    prompt_lore = models.JSONField(default=list, db_default=[])
    prompt_summary = models.TextField(blank=True, db_default="")
    final = models.BooleanField(default=False)
    final_reason = models.TextField(blank=True)
    stray = models.JSONField(default=list)
    rejected = models.JSONField(default=list)
    learnt_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=models.Q(learnt_at=None),
                name="turn_not_learnt",
            ),
            models.Index(
                fields=["anchor", "created_at"],
                condition=models.Q(learnt_at=None),
                name="turn_of_anchor_not_learnt",
            ),
        )

    def __str__(self) -> str:
        return f"turn of {self.generation_id}"


class Learning(TurnRecord):
    """A turn whose learning failed, waits or is parked, on the operators' page."""

    class Meta:
        proxy = True
        verbose_name = "learning job"


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


class Wrong(models.TextChoices):
    """What became of the person's word that an atom was wrong in a reply.

    It is sent once: `sending` that never became another one is of unknown outcome.
    """

    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class TurnAtom(models.Model):
    """One atom in one turn. Each flag is a claim of its own; none implies the next.

    `restraint`: it was used by what the reply left unsaid.
    """

    record = models.ForeignKey(
        TurnRecord, on_delete=models.CASCADE, related_name="atoms"
    )
    position = models.PositiveSmallIntegerField()
    atom = models.ForeignKey(Atom, on_delete=models.SET_NULL, null=True)
    maas_id = models.CharField(max_length=200)
    content = models.TextField()
    atom_type = models.CharField(max_length=40, blank=True)
    confidence = models.FloatField(null=True)
    score = models.FloatField(null=True)
    rank = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=6, blank=True)
    fate = models.CharField(max_length=12, blank=True)
    recalled = models.BooleanField(default=False)
    carried = models.BooleanField(default=False)
    injected = models.BooleanField(default=False)
    cited = models.BooleanField(default=False)
    used = models.BooleanField(default=False)
    verified = models.BooleanField(default=False)
    restraint = models.BooleanField(default=False, db_default=False)
    fed_back = models.BooleanField(default=False)
    support = models.FloatField(null=True)
    verdict = models.TextField(blank=True)
    wrong = models.CharField(
        max_length=8, choices=Wrong.choices, blank=True, default="", db_default=""
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=["record", "maas_id"], name="one_row_per_atom_and_turn"
            ),
        )

    def __str__(self) -> str:
        return f"{self.label or '-'} {self.maas_id}"


class StepStatus(models.TextChoices):
    """Where a step stands; `none` means there was nothing to do, and no call.

    The last three are of the step "learn": the reply was left behind for another one
    before it was learnt from, it was said off the record, or an operator discarded
    what was to be learnt.
    """

    STARTED = "started"
    DONE = "done"
    NONE = "none"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"
    LEFT = "left"
    OFF_RECORD = "off"
    DISCARDED = "discarded"


class TurnStep(models.Model):
    """One step of one turn, written when it is done: a repeat skips it."""

    record = models.ForeignKey(
        TurnRecord, on_delete=models.CASCADE, related_name="steps"
    )
    name = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=StepStatus.choices)
    ms = models.FloatField(null=True)
    detail = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=["record"],
                condition=models.Q(
                    status="failed",
                    name__in=["learn", "evaluate", "feedback", "extract", "store"],
                ),
                name="step_of_learning_failed",
            ),
            models.Index(
                fields=["record"],
                condition=models.Q(status="left"),
                name="turn_left_behind",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["record", "name"], name="one_row_per_step_and_turn"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.status}"


class TurnCall(models.Model):
    """One attempt of a call to the memory service or the model, as the inspector shows it.

    `half` is the part of the turn that made it; times are milliseconds. Bodies are cut
    where their size says more; headers and keys are in none. Kept `INSPECTOR_DAYS`.
    """

    class Half(models.TextChoices):
        ANSWER = "answer"
        LEARN = "learn"

    record = models.ForeignKey(
        TurnRecord, on_delete=models.CASCADE, related_name="calls"
    )
    half = models.CharField(max_length=6, choices=Half.choices)
    service = models.CharField(max_length=6)
    method = models.CharField(max_length=8)
    url = models.TextField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=60, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    began_at = models.DateTimeField(db_index=True)
    ms = models.FloatField()
    first_ms = models.FloatField(null=True)
    request = models.TextField(blank=True)
    request_size = models.PositiveIntegerField(default=0)
    response = models.TextField(blank=True)
    response_size = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("began_at", "id")

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
