"""In which language a person's pages are."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(blank=True, default="", max_length=8),
        ),
    ]
