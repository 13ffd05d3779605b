"""What has already been stored in another memory service, on the way there.

Rows of `manage.py maas_move`: by them a run that was cut off goes on with the rest.
`target` names the other service and its workspace.
"""

from __future__ import annotations

from django.db import models


class MovedAnchor(models.Model):
    """The scope that stands for an anchor at the other service."""

    anchor = models.ForeignKey("Anchor", on_delete=models.CASCADE, db_index=False)
    target = models.CharField(max_length=300)
    maas_id = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["anchor", "target"], name="one_moved_anchor"
            ),
        )

    def __str__(self) -> str:
        return f"{self.anchor_id} at {self.target}"


class MovedAtom(models.Model):
    """The id that an atom got at the other service."""

    atom = models.ForeignKey("Atom", on_delete=models.CASCADE, db_index=False)
    target = models.CharField(max_length=300)
    maas_id = models.CharField(max_length=200, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["atom", "target"], name="one_moved_atom"),
        )

    def __str__(self) -> str:
        return f"{self.atom_id} at {self.target}"
