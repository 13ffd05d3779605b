"""A person's characters go with the person, and their conversations at the same time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('characters', '0003_peoples_own'),
        ('conversations', '0006_finding_and_keeping'),
    ]

    operations = [
        migrations.AlterField(
            model_name='conversation',
            name='character',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, to='characters.character'),
        ),
    ]
