"""Who said a remembered statement, about whom, where and since when it is true, and what
is true instead now; and that a reply used a memory by leaving something unsaid."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0005_jobs_of_a_lock'),
    ]

    operations = [
        migrations.AddField(
            model_name='atom',
            name='about',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='atom',
            name='on_date',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='atom',
            name='realm',
            field=models.CharField(default='life', max_length=10),
        ),
        migrations.AddField(
            model_name='atom',
            name='speaker',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='atom',
            name='superseded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='supersedes', to='memories.atom'),
        ),
        migrations.AddField(
            model_name='atom',
            name='valid_from',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='turnatom',
            name='restraint',
            field=models.BooleanField(default=False),
        ),
    ]
