"""Moves of a question in the order in which they were written; no column changes."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tutor", "0008_owned_courses_were_brought")]

    operations = [
        migrations.AlterModelOptions(name="move", options={"ordering": ("pk",)}),
    ]
