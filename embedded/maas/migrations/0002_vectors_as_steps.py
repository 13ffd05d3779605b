"""Vectors become whole steps with a scale: half the bytes, and read without conversion."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import migrations, models

FORMAT = "/int8"
BATCH = 2_000


def convert(apps: Any, schema_editor: Any) -> None:
    """Write float16 vectors anew; rows without a vector only get the new name."""
    atoms = apps.get_model("maas", "Atom").objects
    old = atoms.exclude(embedded_by__endswith=FORMAT).only("id", "vector", "embedded_by")
    while batch := list(old.order_by("pk")[:BATCH]):
        for atom in batch:
            row = np.frombuffer(atom.vector, dtype="<f2").astype(np.float32)
            if len(row):
                scale = np.float32(np.abs(row).max() / 127) or np.float32(1)
                steps = np.rint(row / scale).astype(np.int8)
                atom.vector = steps.tobytes() + scale.astype("<f4").tobytes()
            atom.embedded_by += FORMAT
        atoms.bulk_update(batch, ["vector", "embedded_by"])


class Migration(migrations.Migration):
    dependencies = [("maas", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="atom",
            name="vector",
            field=models.BinaryField(help_text="As `vectors.stored` writes it."),
        ),
        migrations.RunPython(convert, migrations.RunPython.noop, elidable=True),
    ]
