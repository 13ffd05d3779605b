"""Characters that people bring: their owner, their card as it came, their picture."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('characters', '0002_lorebooks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('mime', models.CharField(max_length=40)),
                ('data', models.BinaryField()),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['owner', 'sha256'], name='characters__owner_i_95485f_idx')],
            },
        ),
        migrations.AddField(
            model_name='character',
            name='card',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='character',
            name='deleted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='character',
            name='envelope',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='character',
            name='needs_preview',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='character',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='characters', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='character',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='In lower case, for filters; the card has them as they were written.', size=None),
        ),
        migrations.AlterField(
            model_name='character',
            name='avatar',
            field=models.CharField(default='avatars/own.svg', help_text='Path below static/.', max_length=120),
        ),
        migrations.AlterField(
            model_name='character',
            name='persona',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='character',
            name='image',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='characters.image'),
        ),
    ]
