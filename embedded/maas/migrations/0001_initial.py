
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=500)),
                ('type', models.CharField(default='chat-log', max_length=100)),
                ('metadata', models.JSONField(default=dict)),
                ('lane', models.CharField(editable=False, max_length=500, null=True)),
                ('seq', models.BigIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='RecallSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('caller_session', models.CharField(blank=True, max_length=500)),
                ('query', models.TextField(blank=True)),
                ('atom_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('scores', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('service_source', models.CharField(default='enterprise-tutor', max_length=100)),
                ('billing_blocked', models.BooleanField(default=False, help_text='Every call of this tenant is answered with 402.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Atom',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(editable=False)),
                ('content', models.TextField(blank=True)),
                ('source_type', models.CharField(max_length=100)),
                ('metadata', models.JSONField(default=dict)),
                ('confidence', models.FloatField(blank=True, null=True)),
                ('user_external_id', models.CharField(blank=True, max_length=500)),
                ('client_ref', models.CharField(editable=False, max_length=500, null=True)),
                ('part', models.PositiveIntegerField(default=0, editable=False)),
                ('terms', models.BinaryField(help_text='Little-endian uint32 term ids, in order.')),
                ('vector', models.BinaryField(help_text='Little-endian float16, unit length.')),
                ('embedded_by', models.CharField(max_length=200)),
                ('helped', models.PositiveIntegerField(default=0)),
                ('hurt', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('anchor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='atoms', to='maas.anchor')),
            ],
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('success', models.BooleanField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('atom', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='maas.atom')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='maas.recallsession')),
            ],
        ),
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workspaces', to='maas.tenant')),
            ],
        ),
        migrations.AddField(
            model_name='recallsession',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='maas.workspace'),
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, max_length=200)),
                ('hint', models.CharField(help_text='How the key begins.', max_length=20)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('policy_denied', models.BooleanField(default=False, help_text='Every call with this key is answered with 403.')),
                ('requests_per_second', models.FloatField(default=1000.0)),
                ('burst', models.PositiveIntegerField(default=2000, help_text='Requests a workspace may make at once.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='maas.tenant')),
                ('workspaces', models.ManyToManyField(help_text='Any other workspace is denied.', related_name='keys', to='maas.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='AnchorUser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_external_id', models.CharField(max_length=500)),
                ('anchor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='users', to='maas.anchor')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='maas.workspace')),
            ],
        ),
        migrations.AddField(
            model_name='anchor',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='anchors', to='maas.workspace'),
        ),
        migrations.AddConstraint(
            model_name='atom',
            constraint=models.UniqueConstraint(fields=('anchor', 'client_ref', 'part'), name='maas_atom_client_ref'),
        ),
        migrations.AddConstraint(
            model_name='atom',
            constraint=models.UniqueConstraint(fields=('anchor', 'seq'), name='maas_atom_seq'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.UniqueConstraint(fields=('session', 'atom'), name='maas_feedback_once'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.UniqueConstraint(fields=('tenant', 'name'), name='maas_workspace_name'),
        ),
        migrations.AddIndex(
            model_name='recallsession',
            index=models.Index(condition=models.Q(('caller_session', ''), _negated=True), fields=['workspace', 'caller_session', 'created_at'], name='maas_session_caller'),
        ),
        migrations.AddConstraint(
            model_name='anchoruser',
            constraint=models.UniqueConstraint(fields=('workspace', 'user_external_id', 'anchor'), name='maas_anchoruser_once'),
        ),
        migrations.AddConstraint(
            model_name='anchor',
            constraint=models.UniqueConstraint(fields=('workspace', 'lane'), name='maas_anchor_lane'),
        ),
    ]
