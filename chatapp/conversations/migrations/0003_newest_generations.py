"""Each reply so far has exactly one generation: it is the newest one."""

from __future__ import annotations

from django.db import migrations

FILL = """
    UPDATE conversations_message AS message SET generation_id = generation.id
    FROM conversations_generation AS generation
    WHERE generation.message_id = message.id AND message.generation_id IS NULL
"""


class Migration(migrations.Migration):
    """Behind the change of the tables, since PostgreSQL wants the two apart."""

    dependencies = [("conversations", "0002_continued_replies")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
