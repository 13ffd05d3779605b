"""What a person decides: removals with their tombstones, delicate kinds of fact, sharing
between characters, and conversations off the record."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('conversations', '0005_counted_deletions'),
        ('memories', '0007_what_was_called'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OffRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('recalls', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('forgotten', 'Forgotten'), ('corrected', 'Corrected'), ('declined', 'Declined')], max_length=10)),
                ('was', models.CharField(max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField()),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('upstream', models.CharField(choices=[('waiting', 'Waiting'), ('deleted', 'Deleted'), ('masked', 'Masked'), ('never', 'Never')], default='waiting', max_length=10)),
                ('quotes', models.PositiveIntegerField(default=0)),
                ('turns', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='SensitiveChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('allowed', models.BooleanField()),
                ('decided_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Sharing',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sharing', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begin', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='atom',
            name='by_hand',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='atom',
            name='sensitive',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='atom',
            name='waits_for',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='atom',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('pending', 'Pending'), ('saved', 'Saved'), ('failed', 'Failed'), ('withdrawn', 'Withdrawn'), ('deleted', 'Deleted'), ('masked', 'Masked'), ('forgotten', 'Forgotten')], default='pending', max_length=10),
        ),
        migrations.AlterField(
            model_name='turnstep',
            name='status',
            field=models.CharField(choices=[('started', 'Started'), ('done', 'Done'), ('none', 'None'), ('waiting', 'Waiting'), ('unknown', 'Unknown'), ('failed', 'Failed'), ('left', 'Left'), ('off', 'Off Record'), ('discarded', 'Discarded')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='atom',
            index=models.Index(fields=['anchor', 'atom_type', '-created_at'], name='atom_in_panel'),
        ),
        migrations.AddField(
            model_name='offrecord',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='off_record', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='removal',
            name='anchor',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='memories.anchor'),
        ),
        migrations.AddField(
            model_name='removal',
            name='atom',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='removal', to='memories.atom'),
        ),
        migrations.AddField(
            model_name='sensitivechoice',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sensitive_choices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tombstone',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='conversations.message'),
        ),
        migrations.AddField(
            model_name='tombstone',
            name='removal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tombstones', to='memories.removal'),
        ),
        migrations.AddConstraint(
            model_name='offrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('conversation',), name='one_open_off_record'),
        ),
        migrations.AddIndex(
            model_name='removal',
            index=models.Index(fields=['anchor', 'digest'], name='removal_by_digest'),
        ),
        migrations.AddIndex(
            model_name='removal',
            index=models.Index(condition=models.Q(('erased_at', None)), fields=['due_at'], name='removal_to_erase'),
        ),
        migrations.AddConstraint(
            model_name='sensitivechoice',
            constraint=models.UniqueConstraint(fields=('user', 'kind'), name='one_choice_a_kind'),
        ),
    ]
