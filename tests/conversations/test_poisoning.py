"""What poisons a text can do to a page: nothing, wherever a page shows it."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.conversations.markdown import render
from chatapp.conversations.models import Conversation
from chatapp.conversations.tasks import learn_turn
from chatapp.memories.models import Atom, AtomState, Evidence
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.test_tasks import spoken
from tests.memory.poisons import ALL

ACTIVE = re.compile(
    r"<\s*(?:script|img|svg|iframe|form|style|link|object|embed|video|audio|base|meta)\b"
    r"|<[^>]*\s(?:hx-[a-z-]+|on[a-z]+|style|src|srcset)\s*="
    r"|href=\"(?!https?:|mailto:)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("poison", ALL)
def test_a_reply_brings_no_markup_that_acts_or_leaks(poison: str) -> None:
    assert ACTIVE.search(render(poison)) is None


@pytest.mark.django_db(transaction=True)
def test_the_panel_shows_every_poison_as_text(
    client: Client, person: User, conversation: Conversation
) -> None:
    turn = spoken(person, conversation, "I love rain.")
    asked = turn.generation.message.parent
    assert asked is not None
    for number, poison in enumerate(ALL):
        atom = Atom.objects.create(
            anchor=turn.anchor,
            client_ref=f"00000000-0000-4000-8000-{number:012d}",
            maas_id=f"poison-{number}",
            atom_type="preference",
            content=poison.replace("\0", ""),
            confidence=0.9,
            source_type="prd",
            state=AtomState.SAVED,
        )
        Evidence.objects.create(
            atom=atom, message=asked, quote=poison.replace("\0", "")
        )
    client.force_login(person)
    page = client.get(reverse("conversations:memory", args=[conversation.pk]))
    assert page.status_code == 200
    html = page.content.decode()
    assert "evil.example" in html  # it is shown ...
    for poison in ALL:  # ... and never as it came, if it could act
        if ACTIVE.search(poison):
            assert poison not in html


@pytest.mark.django_db(transaction=True)
async def test_no_word_that_was_said_is_logged(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said, answered = "My safe word is tamarillo.", "Quince it is."
    proposed: dict[str, Any] = {
        "type": "relationship_event",
        "content": "User's safe word is tamarillo.",
        "confidence": 0.9,
        "quote": "My safe word is tamarillo.",
        "speaker": "user",
    }
    model.atoms.append([proposed])
    begun = await sync_to_async(spoken)(person, conversation, said, answered)
    await learn_turn(str(begun.generation.pk))
    assert await Atom.objects.filter(content__contains="tamarillo").aexists()
    ours = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith("django.db")
    ]
    assert not [line for line in ours if "tamarillo" in line or "Quince" in line]
    assert not [line for line in ours if "mk_maas_" in line or "Bearer" in line]
