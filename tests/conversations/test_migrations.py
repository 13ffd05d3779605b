"""What was selected before there were paths is the path afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chatapp.conversations.models import Conversation
from tests.conversations.tree import say, texts

BEFORE = [("conversations", "0003_newest_generations")]


@pytest.fixture
def newest() -> Iterator[None]:
    """Whatever the test does, the tables are as they should be afterwards."""
    connection.ensure_connection()
    # Back and forth repeats what a migration sends once: several commands in one
    # string, which can not be prepared.
    connection.connection.prepare_threshold = None
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_the_selected_messages_are_the_path_in_their_order(
    conversation: Conversation, newest: None
) -> None:
    say(conversation, "One.")
    left = say(conversation, "Two.")
    MigrationExecutor(connection).migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversations_message WHERE selected")
        assert cursor.fetchone() == (5,)
        cursor.execute(
            "UPDATE conversations_message SET selected = false WHERE id = %s",
            [left.reply_message.pk],
        )
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert texts(conversation) == ["One.", "Re: One.", "Two."]
    entries = conversation.pathentry_set.order_by("position")
    assert list(entries.values_list("position", flat=True)) == [0, 1, 2, 3]
