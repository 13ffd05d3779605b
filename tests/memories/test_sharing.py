"""No memory crosses to another character unasked; asked, only what may."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
from asgiref.sync import sync_to_async

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Conversation
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.turns import begin
from chatapp.conversations.writing import Writing
from chatapp.memories import sharing
from chatapp.memories.inspector import turn_shown
from chatapp.memories.models import Anchor, Atom, TurnAtom, TurnRecord
from memory.errors import MemoryUnavailable
from memory.wire import Recall, RecalledItem
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.memories.remembering import remember, scope_of

pytestmark = pytest.mark.django_db(transaction=True)
PEANUTS = "User is allergic to peanuts."


class KnowsPeople(FakeMemory):
    """A memory service that also recalls over all anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.people: list[str | None] = []

    async def recall_user(
        self,
        query: str,
        *,
        user_external_id: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Recall:
        self.people.append(user_external_id)
        self._maybe_fail("recall_user")
        found = [
            RecalledItem(atom_id, atom["content"], 0.9)
            for atom_id, atom in self.atoms.items()
        ]
        return Recall(tuple(found[:limit]), "person")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> KnowsPeople:
    from chatapp import wiring

    fake = KnowsPeople()
    monkeypatch.setattr(wiring, "memory_client", lambda: fake)
    return fake


@pytest.fixture
def boris(person: User, db: None) -> Conversation:
    """The same person with somebody else."""
    other = Character.objects.create(
        slug="boris", name="Boris", persona="A baker.", greeting="Hello."
    )
    return open_conversation(person, other, "character")


def known_to(conversation: Conversation, service: FakeMemory, *contents: str) -> None:
    """What the character of this conversation knows, here and at the service."""
    for content in contents:
        atom = remember(conversation, content)
        service.atoms[atom.maas_id] = {"anchor": "elsewhere", "content": content}


async def prompted(
    person: User, conversation: Conversation, model: FakeModel
) -> tuple[str, Writing]:
    """What the model is asked when the person writes."""

    def started() -> Writing:
        Anchor.objects.filter(pk=scope_of(conversation).pk).update(maas_id="a-boris")
        begun = begin(person, conversation, "What shall I eat?", uuid.uuid4())
        return Writing(begun, LiveReply(begun.generation.pk, conversation.pk, ""))

    writing = await sync_to_async(started)()
    await writing.run()
    return "\n".join(message.content for message in model.asked[-1]), writing


async def test_off_by_default_nothing_crosses_and_the_service_is_not_even_asked(
    person: User,
    conversation: Conversation,
    boris: Conversation,
    service: KnowsPeople,
    model: FakeModel,
) -> None:
    await sync_to_async(known_to)(conversation, service, "User likes dumplings.")
    prompt, _ = await prompted(person, boris, model)
    assert "dumplings" not in prompt
    assert service.people == []


async def test_switched_on_another_character_may_use_it_and_nothing_is_fed_back(
    person: User,
    conversation: Conversation,
    boris: Conversation,
    service: KnowsPeople,
    model: FakeModel,
) -> None:
    await sync_to_async(known_to)(conversation, service, "User likes dumplings.")
    await sync_to_async(sharing.switch)(person, on=True)
    prompt, writing = await prompted(person, boris, model)
    assert "dumplings" in prompt
    assert service.people == [person.chat_external_id]
    await sync_to_async(writing.close)(writing.ended("complete"))  # type: ignore[arg-type]  # its value
    row = await TurnAtom.objects.select_related("atom").aget()
    assert row.atom is not None  # so that forgetting it finds this record
    assert (row.recalled, row.carried, row.injected) == (False, True, True)
    record = await TurnRecord.objects.select_related("generation").aget()
    shown = await sync_to_async(turn_shown)(record)
    assert [atom.shared_by for atom in shown.atoms] == [conversation.character.name]


@pytest.mark.parametrize(
    "fields",
    [
        {"sensitive": "health"},
        {"atom_type": "backstory_reveal"},
        {"atom_type": "promise"},
        {"realm": "story"},
        {"about": "Marta"},
        {"speaker": "assistant"},
        {"state": "pending"},
        {"state": "forgotten"},
    ],
)
async def test_what_is_delicate_of_a_story_or_of_others_is_never_shared(
    person: User, conversation: Conversation, fields: dict[str, str]
) -> None:
    def shareable() -> Sequence[Atom]:
        remember(conversation, PEANUTS)
        Atom.objects.update(**fields)
        return list(sharing.shareable(person))

    assert await sync_to_async(shareable)() == []


async def test_lessons_are_never_part_of_it(
    person: User, conversation: Conversation
) -> None:
    def shareable() -> Sequence[Atom]:
        remember(conversation, PEANUTS)
        Anchor.objects.update(lane="tutor")
        return list(sharing.shareable(person))

    assert await sync_to_async(shareable)() == []


async def test_another_persons_memory_is_not_let_in_whatever_the_service_answers(
    person: User,
    conversation: Conversation,
    boris: Conversation,
    service: KnowsPeople,
    model: FakeModel,
    django_user_model: type[User],
) -> None:
    def eves() -> None:
        known_to(conversation, service, "User likes dumplings.")
        eve = django_user_model.objects.create_user("eve")
        Anchor.objects.filter(pk=scope_of(conversation).pk).update(user=eve)
        sharing.switch(person, on=True)

    await sync_to_async(eves)()
    prompt, _ = await prompted(person, boris, model)
    assert service.people
    assert "dumplings" not in prompt


async def test_a_service_that_fails_costs_the_reply_nothing(
    person: User,
    conversation: Conversation,
    boris: Conversation,
    service: KnowsPeople,
    model: FakeModel,
) -> None:
    await sync_to_async(known_to)(boris, service, "User likes tea.")
    await sync_to_async(Atom.objects.update)(pinned=True)
    await sync_to_async(sharing.switch)(person, on=True)
    service.fail("recall_user", MemoryUnavailable("late"))
    prompt, _ = await prompted(person, boris, model)
    assert "likes tea" in prompt


def test_the_preview_says_what_would_become_visible_to_whom(
    person: User, conversation: Conversation, boris: Conversation
) -> None:
    scope_of(boris)
    remember(conversation, "User likes dumplings.")
    told = {
        each.name: (each.count, list(each.newest)) for each in sharing.preview(person)
    }
    assert told == {"Aria": (0, []), "Boris": (1, ["User likes dumplings."])}
