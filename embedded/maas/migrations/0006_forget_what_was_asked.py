"""What recalls asked is a person's words, and nothing reads it: it is not kept any more."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("maas", "0005_terms_as_stems")]

    operations = [
        migrations.RemoveField(model_name="recallsession", name="query"),
    ]
