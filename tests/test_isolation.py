"""What belongs to one person does not exist for another, whatever the address.

Every address of the site with a parameter is asked with somebody else's ids: a new
one fails here until it is said whose it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.characters.models import Character, Image, Lorebook, Persona
from chatapp.conversations.models import (
    Conversation,
    Folder,
    Generation,
    Message,
    Role,
    Status,
)
from chatapp.memories.models import Anchor, TurnAtom, TurnCall, TurnRecord
from tutor.models import (
    Assignment,
    Claim,
    Classroom,
    Course,
    EndedClass,
    HelpRequest,
    Membership,
)

PUBLIC = {
    "accounts:rebind",  # names of actions; the keys are one's own
    "characters:start",
    "tutor:start",
    "memories:answer",
    "tutor:why",  # names within one's own learning
    "tutor:join",  # the link into a class is a secret of its own
}  # their parameter is not a person's
FOR_OPERATORS_TOO = {"memories:turn", "memories:call"}
# Django's and allauth's own addresses; the API, which has keys instead of people; and
# the pages of an order, whose id is a secret of its own.
NOT_OURS = ("admin", "maas", "onboarding", "")
OWNED_BY = {
    "conversations": "conversation",
    "memories": "turn",
    "characters": "slug",
    "personas": "persona",
    "lorebooks": "lorebook",
    "tutor": "room",
}
# Addresses whose parameter is another one than that of most of their app.
OWNED_AT = {
    "conversations:used": "turn",
    "conversations:receipt": "turn",
    "conversations:undo_receipt": "turn",
    "conversations:chip": "row",
    "conversations:wrong": "row",
    "memories:call": "call",
    "conversations:change_folder": "folder",
    "characters:image": "image",
    "characters:image_small": "image",
    "tutor:answer": "claim",
    "tutor:take_back": "asked",
    "tutor:read_ending": "ended",
    "tutor:course": "course",
    "tutor:course_files": "course",
    "tutor:remove_course": "course",
}
NOBODY_S: dict[type, object] = {
    uuid.UUID: uuid.uuid4(),
    int: 2**31 - 1,
    str: "u000000000000",
}

Owned = dict[str, Any]

pytestmark = pytest.mark.django_db


@pytest.fixture
def owned() -> Owned:
    """A conversation and a turn of somebody."""
    owner = User.objects.create_user("owner")
    character = Character.objects.create(slug="x", name="X", persona="X.")
    conversation = Conversation.objects.create(user=owner, character=character)
    message = Message.objects.create(conversation=conversation, role=Role.ASSISTANT)
    generation = Generation.objects.create(
        message=message, conversation=conversation, status=Status.COMPLETE
    )
    anchor = Anchor.objects.create(user=owner, lane="character", key="x")
    record = TurnRecord.objects.create(generation=generation, anchor=anchor)
    row = TurnAtom.objects.create(record=record, position=0, maas_id="a", used=True)
    call = TurnCall.objects.create(
        record=record, half="answer", began_at=timezone.now(), ms=1.0
    )
    image = Image.objects.create(
        owner=owner, sha256="0" * 64, mime="image/webp", data=b"x", width=1, height=1
    )
    own = Character.objects.create(slug="u111111111111", name="Own", owner=owner)
    return {
        **_class_of(owner, character),
        "image": image.pk,
        "persona": Persona.objects.create(owner=owner, name="P").pk,
        "folder": Folder.objects.create(owner=owner, name="F").pk,
        "lorebook": Lorebook.objects.create(owner=owner, name="L").pk,
        "slug": own.slug,
        "kind": "json",
        "number": 1,
        "conversation": conversation.pk,
        "turn": generation.pk,
        "message": message.pk,
        "row": row.pk,
        "call": call.pk,
    }


def _class_of(owner: User, tutor: Character) -> Owned:
    """A class that they teach, with a learner who lets them see their page."""
    now = timezone.now()
    course = Course.objects.create(slug="x", title="X", topics="X", tutor=tutor)
    room = Classroom.objects.create(teacher=owner, course=course, title="X")
    learner = User.objects.create_user("learner")
    membership = Membership.objects.create(
        classroom=room, learner=learner, name="L", shares_since=now
    )
    assignment = Assignment.objects.create(classroom=room, title="X", due_on=now.date())
    asked = HelpRequest.objects.create(
        learner=learner, classroom=room, course=course, question="?"
    )
    claim = Claim.objects.create(
        learner=learner,
        course=course,
        atom_type="goal",
        key="x",
        state="said",
        confidence=0.9,
        text="X",
        changed_at=now,
    )
    ended = EndedClass.objects.create(learner=learner, title="X", why="class")
    own = Character.objects.create(slug="y", name="Y", persona="Y.")
    imported = Course.objects.create(
        slug="y",
        title="Y",
        topics="Y",
        tutor=own,
        owner=owner,
        brought=True,
        files={"a": "b"},
    )
    return {
        "course": imported.slug,
        "room": room.pk,
        "membership": membership.pk,
        "assignment": assignment.pk,
        "asked": asked.pk,
        "claim": claim.pk,
        "ended": ended.pk,
    }


def test_the_owner_sees_what_is_theirs(owned: Owned) -> None:
    client = Client()
    client.force_login(
        User.objects.get(username="owner"), "django.contrib.auth.backends.ModelBackend"
    )
    assert (
        client.get(
            reverse("conversations:open", args=[owned["conversation"]])
        ).status_code
        == 200
    )
    assert client.get(reverse("memories:turn", args=[owned["turn"]])).status_code == 200


@pytest.mark.parametrize("staff", [False, True], ids=["a person", "an operator"])
def test_nobody_else_finds_it_at_any_address(owned: Owned, staff: bool) -> None:
    stranger = User.objects.create_user("stranger", is_staff=staff, is_superuser=staff)
    client = Client()
    client.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
    asked = 0
    for name, parameters in addresses():
        if staff and name in FOR_OPERATORS_TOO:
            continue
        owner = owner_of(name)
        assert owner, f"{name}: say here whose its parameter is"
        statuses = {}
        for pk in (owned[owner], NOBODY_S[type(owned[owner])]):
            address = reverse(
                name, kwargs=parts(parameters, owned) | named(name, parameters, pk)
            )
            got, posted = client.get(address), client.post(address)
            statuses[pk] = (got.status_code, posted.status_code)
            assert 404 in statuses[pk], f"{name}: {statuses[pk]}"
            assert set(statuses[pk]) <= {404, 405}, f"{name}: {statuses[pk]}"
        assert len(set(statuses.values())) == 1, f"{name} tells what exists"
        asked += 1
    assert asked >= 5


def test_nobody_at_all_is_let_in_without_signing_in(
    owned: Owned,
) -> None:
    for name, parameters in addresses():
        pk = owned[owner_of(name)]
        address = reverse(
            name, kwargs=parts(parameters, owned) | named(name, parameters, pk)
        )
        for answer in (Client().get(address), Client().post(address)):
            assert answer.status_code in {302, 401, 403, 404, 405}, name


def owner_of(name: str) -> str:
    """What the parameter of this address is, "" when nobody has said it."""
    return OWNED_AT.get(name) or OWNED_BY.get(name.partition(":")[0], "")


def named(name: str, parameters: Iterable[str], pk: object) -> Owned:
    """What stands for a row in an address: its slug, its key, or its place."""
    if name.startswith("lorebooks:"):
        return {"key": pk} | ({"kind": "mine"} if "kind" in parameters else {})
    return {"slug" if isinstance(pk, str) else "pk": pk}


def parts(parameters: Iterable[str], owned: Owned) -> Owned:
    """What else stands in an address: parts of what somebody owns."""
    return {name: owned.get(name, uuid.UUID(int=7)) for name in parameters}


def addresses() -> Iterator[tuple[str, Sequence[str]]]:
    """Our own addresses that take ids: their names and their parameters' names."""
    for namespace, pattern in _walk(get_resolver(), ""):
        name = f"{namespace}:{pattern.name}"
        parameters = tuple(pattern.pattern.regex.groupindex)
        if (
            set(parameters) - {"kind"}
            and namespace not in NOT_OURS
            and name not in PUBLIC
        ):
            yield name, parameters


def _walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace, entry
        else:
            yield from _walk(entry, entry.namespace or namespace)
