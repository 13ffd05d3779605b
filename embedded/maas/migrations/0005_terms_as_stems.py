"""Search terms are stems with marks now: those of stored atoms are made anew.

Terms follow from content and metadata alone, so what makes them today may be used here.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

from embedded.maas.text import stored_terms

BATCH = 2_000


def make_anew(apps: Any, schema_editor: Any) -> None:
    """Write the terms of all atoms that are kept, a batch at a time."""
    atoms = apps.get_model("maas", "Atom").objects
    kept = atoms.filter(deleted_at=None).only("id", "content", "metadata").order_by("pk")
    last = None
    while batch := list((kept.filter(pk__gt=last) if last else kept)[:BATCH]):
        for atom in batch:
            atom.terms = stored_terms(atom.content, atom.metadata).tobytes()
        atoms.bulk_update(batch, ["terms"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("maas", "0004_one_index_less")]

    operations = [
        migrations.RunPython(make_anew, migrations.RunPython.noop, elidable=True),
    ]
