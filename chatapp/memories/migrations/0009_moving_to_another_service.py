"""What `manage.py maas_move` has stored in another memory service so far."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0008_what_a_person_decides'),
    ]

    operations = [
        migrations.CreateModel(
            name='MovedAnchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=300)),
                ('maas_id', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('anchor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='memories.anchor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('anchor', 'target'), name='one_moved_anchor')],
            },
        ),
        migrations.CreateModel(
            name='MovedAtom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=300)),
                ('maas_id', models.CharField(db_index=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('atom', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='memories.atom')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('atom', 'target'), name='one_moved_atom')],
            },
        ),
    ]
