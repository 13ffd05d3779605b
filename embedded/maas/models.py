"""The memory service's rows: who may call, what is remembered, what was ordered.

PostgreSQL is the truth; the indexes that `index_cache` keeps in memory are copies of
it, brought up to date by `Anchor.seq`. Every change of an atom takes the next number
of its anchor while the anchor's row is locked, so whoever sees a number has seen all
numbers below it.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Tenant(models.Model):
    """One customer of the memory service."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    service_source = models.CharField(max_length=100, default="enterprise-tutor")
    billing_blocked = models.BooleanField(
        default=False, help_text="Every call of this tenant is answered with 402."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class Workspace(models.Model):
    """One environment of a tenant; `name` is what X-Workspace-Id carries."""

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="workspaces"
    )
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "name"], name="maas_workspace_name"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key by its digest: the key itself is shown once and never stored."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="keys")
    workspaces = models.ManyToManyField(
        Workspace, related_name="keys", help_text="Any other workspace is denied."
    )
    label = models.CharField(max_length=200, blank=True)
    hint = models.CharField(max_length=20, help_text="How the key begins.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    policy_denied = models.BooleanField(
        default=False, help_text="Every call with this key is answered with 403."
    )
    requests_per_second = models.FloatField(default=1_000.0)
    burst = models.PositiveIntegerField(
        default=2_000, help_text="Requests a workspace may make at once."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.hint}… {self.label}".strip()


class RateBucket(models.Model):
    """What is left of a key's rate in a workspace, shared by all processes.

    `bucket.py` writes it with a statement of its own.
    """

    # No constraint: a request may still be counted while its key is being deleted.
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_constraint=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, db_constraint=False
    )
    level = models.FloatField()
    granted = models.FloatField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key", "workspace"], name="maas_ratebucket_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.level:.1f} left"


class CheckoutSession(models.Model):
    """An order: opened by the API, paid on the page, provisioned by the success page.

    Whoever has the id may pay it and see what it bought, so the id is a secret.
    """

    id = models.CharField(primary_key=True, max_length=80, editable=False)
    company_name = models.CharField(max_length=200)
    admin_email = models.CharField(max_length=320)
    pricing_model = models.CharField(max_length=100)
    service_source = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, null=True)
    provisioned_at = models.DateTimeField(
        null=True, blank=True, help_text="When the first key was shown, for once."
    )

    def __str__(self) -> str:
        return f"{self.company_name}, {self.service_source}"


class Anchor(models.Model):
    """A memory scope: one per user and character, or one per learner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="anchors"
    )
    name = models.CharField(max_length=500)
    type = models.CharField(max_length=100, default="chat-log")
    metadata = models.JSONField(default=dict)
    lane = models.CharField(max_length=500, null=True, editable=False)  # noqa: DJ001 -- null is "no lane": unlimited anchors without one
    seq = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "lane"], name="maas_anchor_lane"
            ),
        )

    def __str__(self) -> str:
        return self.name


class AnchorUser(models.Model):
    """That an anchor holds atoms about a person: finds a person's anchors quickly."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    anchor = models.ForeignKey(Anchor, on_delete=models.CASCADE, related_name="users")
    user_external_id = models.CharField(max_length=500)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "user_external_id", "anchor"],
                name="maas_anchoruser_once",
            ),
        )

    def __str__(self) -> str:
        return self.user_external_id


class Atom(models.Model):
    """One remembered statement, with what its index needs to be built quickly.

    A deleted atom stays as an empty row: the number it took tells every process to
    drop it, and a late repeat of its write finds it instead of storing it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the one of anchor and number serves.
    anchor = models.ForeignKey(
        Anchor, on_delete=models.CASCADE, related_name="atoms", db_index=False
    )
    seq = models.BigIntegerField(editable=False)
    content = models.TextField(blank=True)
    source_type = models.CharField(max_length=100)
    metadata = models.JSONField(default=dict)
    confidence = models.FloatField(null=True, blank=True)
    user_external_id = models.CharField(max_length=500, blank=True)
    client_ref = models.CharField(max_length=500, null=True, editable=False)  # noqa: DJ001 -- null is "no reference": never equal to another
    part = models.PositiveIntegerField(default=0, editable=False)
    terms = models.BinaryField(help_text="Little-endian uint32 term ids, in order.")
    vector = models.BinaryField(help_text="As `vectors.stored` writes it.")
    embedded_by = models.CharField(max_length=200)
    helped = models.PositiveIntegerField(default=0)
    hurt = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["anchor", "client_ref", "part"], name="maas_atom_client_ref"
            ),
            models.UniqueConstraint(fields=["anchor", "seq"], name="maas_atom_seq"),
        )

    def __str__(self) -> str:
        return self.content[:80]


class RecallSession(models.Model):
    """What one recall answered: feedback may name these atoms and no others.

    Not what was asked: that is a person's words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    caller_session = models.CharField(max_length=500, blank=True)
    atom_ids = ArrayField(models.UUIDField(), default=list)
    scores = ArrayField(models.FloatField(), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["workspace", "caller_session", "created_at"],
                condition=~models.Q(caller_session=""),
                name="maas_session_caller",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Feedback(models.Model):
    """What a caller said about one atom of one recall; the last word counts."""

    session = models.ForeignKey(
        RecallSession, on_delete=models.CASCADE, related_name="feedback"
    )
    atom = models.ForeignKey(Atom, on_delete=models.CASCADE, related_name="feedback")
    success = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["session", "atom"], name="maas_feedback_once"
            ),
        )

    def __str__(self) -> str:
        return f"{'helped' if self.success else 'hurt'}: {self.atom_id}"
