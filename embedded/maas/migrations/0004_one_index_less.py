"""The index of anchor and number finds an anchor's atoms; a second one only cost writes."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("maas", "0003_orders_and_rates")]

    operations = [
        migrations.AlterField(
            model_name="atom",
            name="anchor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="atoms",
                to="maas.anchor",
            ),
        ),
    ]
