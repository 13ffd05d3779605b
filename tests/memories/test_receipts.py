"""What opens at a reply says how a memory was used, in the record's own words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from tests.memories.test_wrong import used_in_a_turn

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = "Cited and used by restraint: the reply leaves it alone."


def test_what_a_reply_kept_to_is_reported_as_restraint(
    client: Client, person: User, conversation: Conversation
) -> None:
    row = used_in_a_turn(conversation, restraint=True, verified=True, verdict=KEPT)
    client.force_login(person)
    at_the_reply = client.get(reverse("conversations:chip", args=[row.pk]))
    turn = reverse("memories:turn", args=[row.record.generation_id])
    inspector = client.get(turn)
    for page in (at_the_reply, inspector):
        assert KEPT in page.content.decode()
        assert "sed by restraint" in page.content.decode().replace(KEPT, "")
