"""The record of each turn: which memories it had, what each step did, and every call.

Retrieved, injected, cited, verified and fed back are kept apart, because they are five
different claims.
"""

from __future__ import annotations

from django.db import models


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
    anchor = models.ForeignKey("Anchor", on_delete=models.CASCADE)
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
    atom = models.ForeignKey("Atom", on_delete=models.SET_NULL, null=True)
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
    """One step of one turn, written when it is done: a repeat skips it.

    `detail` is a sentence for the person, `cause` what an operator is told instead.
    """

    record = models.ForeignKey(
        TurnRecord, on_delete=models.CASCADE, related_name="steps"
    )
    name = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=StepStatus.choices)
    ms = models.FloatField(null=True)
    detail = models.TextField(blank=True)
    cause = models.TextField(blank=True, default="", db_default="")
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
