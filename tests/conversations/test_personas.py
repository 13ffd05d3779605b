"""A role has a memory of its own: what is said as somebody else is theirs alone."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from chatapp.accounts.models import User
from chatapp.characters import personas
from chatapp.characters.models import Persona
from chatapp.conversations import context, export
from chatapp.conversations.branching import branch
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.tasks import learn_turn
from chatapp.conversations.turns import begin
from chatapp.conversations.window import window
from chatapp.memories.ledger import CarriedAsked, SiteLedger
from chatapp.memories.models import Anchor, Atom
from chatapp.memories.sharing import shareable
from chatapp.memories.slips import slip_of
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.test_tasks import RAIN, spoken
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db(transaction=True)


def played(person: User, name: str = "Captain Vane", **fields: Any) -> Persona:
    given: dict[str, Any] = {
        "description": "A smuggler.",
        "is_role": True,
        "is_default": False,
    }
    return personas.create(person, name=name, **(given | fields))


def speak_as(conversation: Conversation, persona: Persona | None) -> None:
    conversation.persona = persona
    conversation.save(update_fields=["persona"])


async def states(anchor: Anchor, role: Persona | None) -> dict[str, str]:
    atoms = [atom async for atom in Atom.objects.filter(anchor=anchor)]
    ledger = SiteLedger(anchor.pk, (), role=role.pk if role else None)
    known = await ledger.known([atom.maas_id for atom in atoms])
    return {atom.content: known[atom.maas_id].state for atom in atoms}


async def test_what_is_said_in_a_role_is_stored_as_that_roles(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    vane = await sync_to_async(played)(person)
    await sync_to_async(speak_as)(conversation, vane)
    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(person, conversation)
    # Whoever they are by the time it is learnt: it was said as Vane.
    await sync_to_async(speak_as)(conversation, None)
    await learn_turn(str(begun.generation.pk))
    atom = await Atom.objects.aget()
    assert (atom.realm, atom.role) == ("role", vane.pk)
    assert atom.content == "Captain Vane loves rain."
    (stored,) = memory.atoms.values()
    assert (stored["realm"], stored["role"]) == ("role", str(vane.pk))


async def test_each_role_recalls_its_own_and_the_person_theirs(
    person: User, conversation: Conversation
) -> None:
    vane = await sync_to_async(played)(person)
    other = await sync_to_async(played)(person, "Mira")
    put = sync_to_async(remember)
    await put(conversation, "User loves rain.")
    await put(conversation, "Vane sank a ship.", realm="role", role=vane.pk)
    anchor = await sync_to_async(context.anchor_of)(conversation)
    own, sank = "User loves rain.", "Vane sank a ship."
    assert await states(anchor, None) == {own: "live", sank: "apart"}
    assert await states(anchor, vane) == {own: "apart", sank: "live"}
    assert await states(anchor, other) == {own: "apart", sank: "apart"}


def test_a_persons_boundaries_hold_in_every_role_and_a_roles_only_there(
    person: User, conversation: Conversation
) -> None:
    vane = played(person)
    remember(conversation, "User wants no gore.", atom_type="boundary")
    remember(conversation, "Vane wants no mutiny.", atom_type="boundary", role=vane.pk)
    remember(conversation, "User loves rain.", pinned=True)
    remember(conversation, "Vane loves rum.", pinned=True, role=vane.pk)
    anchor = context.anchor_of(conversation)

    def carried(role: Persona | None) -> set[str]:
        asked = CarriedAsked(anchor.pk, role=role.pk if role else None)
        return {known.content for known in asked.all()}

    assert carried(None) == {"User wants no gore.", "User loves rain."}
    assert carried(vane) == {
        "User wants no gore.",
        "Vane wants no mutiny.",
        "Vane loves rum.",
    }


async def test_the_same_words_in_two_roles_are_two_memories(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    vane = await sync_to_async(played)(person)
    for persona in (None, vane):
        await sync_to_async(speak_as)(conversation, persona)
        model.atoms.append([RAIN])
        begun = await sync_to_async(spoken)(person, conversation)
        await learn_turn(str(begun.generation.pk))
    roles = [atom.role async for atom in Atom.objects.order_by("created_at")]
    assert roles == [None, vane.pk]


def test_what_a_role_is_remembered_for_is_never_shared(
    person: User, conversation: Conversation
) -> None:
    vane = played(person)
    remember(conversation, "User loves rain.")
    remember(conversation, "Vane loves rum.", role=vane.pk)
    assert [atom.content for atom in shareable(person)] == ["User loves rain."]


def test_the_character_knows_whom_it_talks_with(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    speak_as(conversation, played(person))
    begun = begin(person, conversation, "Ahoy.", key)
    assert "Captain Vane" in " ".join(begun.turn.scene.words())
    assert "A smuggler." in " ".join(begun.turn.scene.words())
    assert begun.turn.role is not None
    assert begun.turn.role.name == "Captain Vane"


def test_a_persona_that_is_no_role_shares_the_persons_memory(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    speak_as(conversation, played(person, "Mina", is_role=False))
    begun = begin(person, conversation, "Hello.", key)
    assert begun.turn.role is None
    assert "Mina" in " ".join(begun.turn.scene.words())


def test_messages_are_shown_under_the_name_they_were_said_under(
    person: User, conversation: Conversation
) -> None:
    spoken(person, conversation)
    speak_as(conversation, played(person))
    spoken(person, conversation, "Ahoy.")
    (stretch,) = window(conversation)
    said = [m.speaker for m in stretch.messages if m.role == "user"]
    assert said == ["You", "Captain Vane"]
    client = Client()
    client.force_login(person)
    ahoy = next(m.id for m in stretch.messages if m.text == "Ahoy.")
    page = client.get(f"/c/{conversation.pk}/m/{ahoy}/").content.decode()
    assert '"passage-who">Captain Vane<' in page and '"passage-who">You<' in page
    told = export.whole(conversation)
    text = "".join(export.as_markdown(told))
    assert ". You**" in text and ". Captain Vane**" in text
    assert "<strong>Captain Vane</strong>" in "".join(export.as_html(told))
    messages = json.loads("".join(export.as_json(told)))["messages"]
    assert [m["persona"] for m in messages if "persona" in m] == ["Captain Vane"]


def test_a_memory_says_of_which_role_it_is(
    person: User, conversation: Conversation
) -> None:
    vane = played(person)
    atom = remember(conversation, "Vane loves rum.", realm="role", role=vane.pk)
    assert slip_of(atom).role == "Captain Vane"
    personas.delete(person, vane.pk)
    assert slip_of(atom).role == "Captain Vane"


def test_a_conversation_begins_as_the_choice_for_its_character_or_the_default(
    person: User, conversation: Conversation
) -> None:
    character = conversation.character
    assert conversation.persona is None
    default = played(person, is_default=True)
    spoken(person, conversation)
    assert open_conversation(person, character, "character").persona == default
    mira = played(person, "Mira")
    personas.choose(person, character, mira)
    assert personas.persona_to_begin_with(person, character) == mira
    personas.choose(person, character, None)
    assert personas.persona_to_begin_with(person, character) is None
    assert lane_of("character").taxonomy.name == "character"


def test_a_branch_goes_on_as_the_same_persona(
    person: User, conversation: Conversation
) -> None:
    vane = played(person)
    speak_as(conversation, vane)
    begun = spoken(person, conversation)
    assert branch(person, conversation, begun.reply_message.pk).persona == vane


def test_without_its_persona_a_conversation_goes_on_as_the_person(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    vane = played(person)
    speak_as(conversation, vane)
    personas.delete(person, vane.pk)
    conversation.refresh_from_db()
    begun = begin(person, conversation, "Hello.", key)
    assert begun.turn.role is None
    assert Message.objects.get(key=key).persona is None
    personas.undelete(person, vane.pk)
    assert personas.persona_for(Conversation.objects.get()) == vane


@pytest.fixture
def mina(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_who_one_speaks_as_is_chosen_on_the_page(
    mina: Client, person: User, conversation: Conversation
) -> None:
    vane = played(person)
    url = f"/c/{conversation.pk}/persona/"
    mina.post(url, {"persona": str(vane.pk), "always": "yes"})
    conversation.refresh_from_db()
    assert conversation.persona == vane
    assert personas.persona_to_begin_with(person, conversation.character) == vane
    mina.post(url, {"persona": ""})
    conversation.refresh_from_db()
    assert conversation.persona is None


def test_nobody_speaks_as_somebody_elses_persona(
    mina: Client, conversation: Conversation, make_person: Any
) -> None:
    theirs = played(make_person("theo"))
    url = f"/c/{conversation.pk}/persona/"
    for value in (str(theirs.pk), "nonsense"):
        assert mina.post(url, {"persona": value}).status_code == 404
    other = open_conversation(theirs.owner, conversation.character, "character")
    assert mina.post(f"/c/{other.pk}/persona/", {"persona": ""}).status_code == 404
