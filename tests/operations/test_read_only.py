"""Operators' pages open with rows on them, show nothing said, and let nothing be faked."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Generation, Status
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.turns import begin
from chatapp.memories.models import (
    Anchor,
    Atom,
    AtomState,
    Evidence,
    TurnAtom,
    TurnRecord,
)
from tutor.models import Course

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
WRITTEN_BY_THE_SITE = (Conversation, Generation, Anchor, Atom, TurnRecord)
SAID = "I love rain."
REMEMBERED = "User loves rain."


def a_turn(name: str) -> Generation:
    """Somebody said something, it was answered, and learnt."""
    person = User.objects.create_user(name)
    character = Character.objects.get_or_create(
        slug="aria",
        defaults={"name": "Aria", "persona": "P.", "avatar": "avatars/aria.svg"},
    )[0]
    Course.objects.get_or_create(
        slug="nets", defaults={"title": "Nets", "topics": "1.", "tutor": character}
    )
    conversation = open_conversation(person, character, "character")
    begun = begin(person, conversation, SAID, uuid.uuid4())
    finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I."))
    record = TurnRecord.objects.get(generation=begun.generation)
    atom = Atom.objects.create(
        anchor=begun.anchor,
        client_ref=uuid.uuid4(),
        maas_id=f"atom-{name}",
        atom_type="preference",
        content=REMEMBERED,
        confidence=0.9,
        source_type="prd",
        state=AtomState.SAVED,
        brought_by=record,
    )
    assert begun.user_message is not None
    Evidence.objects.create(atom=atom, message=begun.user_message, quote="I love rain")
    TurnAtom.objects.create(
        record=record, position=0, atom=atom, maas_id=atom.maas_id, content=REMEMBERED
    )
    return begun.generation


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("olga"), BACKEND)
    return client


def address(model: type[Model], row: object = None) -> str:
    of = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    return of if row is None else f"{of}{row}/change/"


@pytest.mark.parametrize(
    "model", [*WRITTEN_BY_THE_SITE, Character, Course], ids=lambda model: model.__name__
)
def test_the_list_and_the_page_of_a_row_open(
    model: type[Model], operator: Client
) -> None:
    a_turn("ana")
    row = model._default_manager.get()
    listed = operator.get(address(model))
    assert listed.status_code == 200
    assert address(model, row.pk) in listed.content.decode()
    assert operator.get(address(model, row.pk)).status_code == 200


@pytest.mark.parametrize("model", WRITTEN_BY_THE_SITE, ids=lambda model: model.__name__)
def test_what_the_site_writes_is_neither_edited_nor_read_in_lists(
    model: type[Model], operator: Client
) -> None:
    a_turn("ana")
    row = model._default_manager.get()
    listed = operator.get(address(model)).content.decode()
    assert SAID not in listed
    assert REMEMBERED not in listed
    assert operator.post(address(model, row.pk), {}).status_code == 403
    assert operator.get(f"{address(model)}add/").status_code == 403
    gone = address(model, row.pk).replace("change", "delete")
    assert operator.post(gone, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", WRITTEN_BY_THE_SITE, ids=lambda model: model.__name__)
def test_a_list_asks_no_more_for_more_rows(
    model: type[Model],
    operator: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("ana", "jun", "mo", "pia", "uwe", "zoe"):
        a_turn(name)
    with django_assert_max_num_queries(12):
        assert operator.get(address(model)).status_code == 200


def test_rows_are_found_by_their_ids(operator: Client) -> None:
    found, other = a_turn("ana"), a_turn("jun")
    atom = Atom.objects.get(brought_by__generation=found)
    for model, term, hit in (
        (Conversation, str(found.conversation_id), found.conversation_id),
        (Conversation, "ana", found.conversation_id),
        (Generation, str(found.conversation_id), found.pk),
        (Anchor, str(atom.anchor_id), atom.anchor_id),
        (Atom, str(atom.client_ref), atom.pk),
        (Atom, "atom-ana", atom.pk),
        (TurnRecord, str(found.pk), atom.brought_by_id),
    ):
        page = operator.get(address(model), {"q": term}).content.decode()
        assert address(model, hit) in page, (model, term)
        assert page.count('name="_selected_action"') <= 1
        assert "1 result" in page, (model, term)
    assert other.pk != found.pk


def test_every_filter_can_be_chosen(operator: Client) -> None:
    a_turn("ana")
    for model in (*WRITTEN_BY_THE_SITE, Character, Course):
        page = operator.get(address(model)).content.decode()
        filters = {
            part.split('"')[0].replace("&amp;", "&")
            for part in page.split('<a href="?')[1:]
        }
        for query in filters:
            answer = operator.get(f"{address(model)}?{query}")
            assert answer.status_code == 200, (model, query)


def test_a_lost_anchor_is_made_again_on_request(operator: Client) -> None:
    a_turn("ana")
    anchor = Anchor.objects.get()
    Anchor.objects.update(maas_id="lost-1")
    ProcrastinateJob.objects.all().delete()
    form = {"action": "make_again", "_selected_action": [str(anchor.pk)]}
    operator.post(address(Anchor), form)
    anchor.refresh_from_db()
    assert anchor.maas_id == ""
    assert ProcrastinateJob.objects.get().task_name == "renew_anchor"


def test_who_may_only_look_makes_nothing_again(client: Client) -> None:
    a_turn("ana")
    Anchor.objects.update(maas_id="kept")
    staff = User.objects.create_user("stan", is_staff=True)
    ours = Permission.objects.filter(content_type__app_label="memories")
    staff.user_permissions.add(ours.get(codename="view_anchor"))
    client.force_login(staff, BACKEND)
    anchor = Anchor.objects.get()
    form = {"action": "make_again", "_selected_action": [str(anchor.pk)]}
    client.post(address(Anchor), form)
    assert Anchor.objects.get().maas_id == "kept"
    assert client.get(address(Anchor)).status_code == 200
    assert client.get(address(Atom)).status_code == 403


def test_a_characters_slug_stays_because_memory_hangs_on_it(operator: Client) -> None:
    a_turn("ana")
    character = Character.objects.get()
    page = operator.get(address(Character, character.pk)).content.decode()
    assert 'name="persona"' in page
    assert 'name="slug"' not in page
