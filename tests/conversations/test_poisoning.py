"""What poisons a text can do to a page: nothing, wherever a page shows it."""

from __future__ import annotations

import json
import logging
import re
from html import unescape
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.markdown import render
from chatapp.conversations.models import Conversation
from chatapp.conversations.tasks import learn_turn
from chatapp.memories.models import Atom, AtomState, Evidence, TurnCall
from memory.recall import Remembered
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
def test_every_page_shows_every_poison_as_text(
    client: Client, person: User, conversation: Conversation
) -> None:
    texts = [poison.replace("\0", "") for poison in ALL]
    recalled = tuple(
        Remembered(f"poison-{number}", text, "preference", recalled=True)
        for number, text in enumerate(texts)
    )
    turn = spoken(person, conversation, "I love rain.", recalled=recalled)
    asked = turn.generation.message.parent
    assert asked is not None
    for number, text in enumerate(texts):
        atom = Atom.objects.create(
            anchor=turn.anchor,
            client_ref=f"00000000-0000-4000-8000-{number:012d}",
            maas_id=f"poison-{number}",
            atom_type="preference",
            content=text,
            confidence=0.9,
            source_type="prd",
            state=AtomState.SAVED,
        )
        Evidence.objects.create(atom=atom, message=asked, quote=text)
    call = TurnCall.objects.create(
        record=turn.generation.record,
        half=TurnCall.Half.ANSWER,
        service="memory",
        method="POST",
        url="http://localhost/v1/recall",
        status=200,
        began_at=timezone.now(),
        ms=1.0,
        request=json.dumps({"query": texts}),
        response=json.dumps({"items": texts}),
    )
    client.force_login(person)
    panel = reverse("conversations:memory", args=[conversation.pk])
    begins = client.get(panel).content.decode()
    (more,) = re.findall(r'hx-get="([^"]+part=more[^"]+)"', begins)
    for address in (
        panel,
        unescape(more),
        reverse("memories:mine"),
        reverse("memories:turn", args=[turn.generation.pk]),
        reverse("memories:call", args=[call.pk]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        html = page.content.decode()
        assert "evil.example" in html, address  # it is shown ...
        for text in texts:  # ... and never as it came, if it could act
            if ACTIVE.search(text):
                assert text not in html, address


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
