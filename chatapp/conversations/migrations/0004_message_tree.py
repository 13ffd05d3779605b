import uuid

import django.db.models.deletion
from django.db import migrations, models

# What was selected becomes the path. The checks of foreign keys are made at once, since
# a table with checks still to come can not be altered.
FILL = """
    INSERT INTO conversations_pathentry (conversation_id, message_id, position)
    SELECT conversation_id, id,
           row_number() OVER (PARTITION BY conversation_id ORDER BY created_at, id) - 1
    FROM conversations_message WHERE selected
"""
CHECK = "SET CONSTRAINTS ALL IMMEDIATE"
AGAIN = """
    UPDATE conversations_message AS message SET selected = EXISTS (
        SELECT 1 FROM conversations_pathentry AS entry
        WHERE entry.message_id = message.id
          AND entry.conversation_id = message.conversation_id)
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_newest_generations")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="branches",
                to="conversations.conversation",
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="path_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="PathEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LeftBehind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.message",
                    ),
                ),
                (
                    "next",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("purged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.message",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="deletion",
            index=models.Index(
                condition=models.Q(("purged_at", None), ("undone_at", None)),
                fields=["expires_at"],
                name="deletion_to_purge",
            ),
        ),
        migrations.AddConstraint(
            model_name="deletion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("conversation", "message"),
                name="deleted_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="leftbehind",
            constraint=models.UniqueConstraint(
                fields=("conversation", "message"), name="left_behind_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathentry",
            constraint=models.UniqueConstraint(
                fields=("conversation", "position"), name="one_message_per_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathentry",
            constraint=models.UniqueConstraint(
                fields=("conversation", "message"), name="one_position_per_message"
            ),
        ),
        migrations.RunSQL(FILL, AGAIN),
        migrations.RunSQL(CHECK, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name="message", name="conversatio_convers_35b8be_idx"
        ),
        migrations.RemoveField(model_name="message", name="selected"),
    ]
