"""`python -m bench.people COUNT ATOMS`: people of a site, each with a remembered past.

Runs inside the site's settings. Each person is signed in, has a conversation with a
character, and ATOMS atoms that the memory service and the site's ledger both know.
Prints a JSON list of `{"session": cookie, "conversation": id}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Only after setup: these import models.
from asgiref.sync import sync_to_async
from django.test import Client

from bench.sentences import facts
from chatapp import wiring
from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations import context, path
from chatapp.conversations.models import Conversation, Message, Role
from chatapp.conversations.opening import open_conversation
from chatapp.memories import anchors
from chatapp.memories.models import Anchor, Atom, AtomState, Evidence


async def make(count: int, atoms: int) -> list[dict[str, str]]:
    """`count` people with `atoms` atoms each; every second one is a guest."""
    memory = wiring.memory_client()
    said = facts(atoms)
    made = []
    for number in range(count):
        user, conversation, anchor = await _person(guest=number % 2 == 1)
        external_id = user.chat_external_id
        told = anchors.metadata(anchor.lane, external_id, anchor.key)
        maas_id = await anchors.ensure(anchor.pk, name="Pair", told=told, memory=memory)
        ids = []
        for content in said:
            stored = await memory.store_atom(
                maas_id,
                content,
                source_type="prd",
                metadata={"user_external_id": external_id, "confidence": 0.9},
            )
            ids.append((stored.atom_ids[0], content))
        if ids:
            await _remember(anchor, conversation, maas_id, ids)
        session = await _sign_in(user)
        made.append({"session": session, "conversation": str(conversation.pk)})
    await wiring.close()
    return made


@sync_to_async
def _person(*, guest: bool) -> tuple[User, Conversation, Anchor]:
    user = User.objects.create(username=f"bench-{uuid4().hex[:12]}", is_guest=guest)
    character = Character.objects.filter(is_tutor=False).order_by("order")[0]
    conversation = open_conversation(user, character, "character")
    return user, conversation, context.anchor_of(conversation)


@sync_to_async
def _remember(
    anchor: Anchor,
    conversation: Conversation,
    maas_id: str,
    stored: list[tuple[str, str]],
) -> None:
    text = "\n".join(content for _, content in stored)
    message = Message.objects.create(
        conversation=conversation, parent=conversation.leaf, role=Role.USER, text=text
    )
    conversation.leaf = message
    conversation.save(update_fields=["leaf"])
    length = conversation.pathentry_set.count()
    path.append(conversation.pk, [message.pk], position=length)
    for atom_id, content in stored:
        atom = Atom.objects.create(
            anchor=anchor,
            client_ref=uuid4(),
            maas_id=atom_id,
            scope=maas_id,
            atom_type="relationship_event",
            content=content,
            confidence=0.9,
            source_type="prd",
            state=AtomState.SAVED,
        )
        Evidence.objects.create(atom=atom, message=message, quote=content)


@sync_to_async
def _sign_in(user: User) -> str:
    browser: Any = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return str(browser.cookies["sessionid"].value)


def main() -> None:
    """Make them and print what a browser would hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("atoms", type=int)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(make(options.count, options.atoms))))


if __name__ == "__main__":
    main()
