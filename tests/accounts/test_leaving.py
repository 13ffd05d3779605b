"""An account is deleted by its owner: all of it goes, and nothing of anybody else."""

from __future__ import annotations

from collections import Counter

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from chatapp.accounts import leaving
from chatapp.accounts.models import User
from chatapp.characters.models import Character, Lorebook, Persona
from chatapp.conversations.opening import open_conversation
from chatapp.memories.models import Orphan
from tests.accounts.people import PASSWORD, shown, whoever_is_signed_in
from tests.conversations.tree import say
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db
OURS = ("accounts", "characters", "conversations", "memories", "tutor", "account")


@pytest.fixture
def page() -> str:
    """Where it is done."""
    cache.clear()  # no attempts were counted yet
    return reverse("accounts:leave")


def rows() -> Counter[str]:
    """How many rows every table of the site has."""
    return +Counter(
        {
            model._meta.label: model._default_manager.count()
            for label in OURS
            for model in apps.get_app_config(label).get_models()
        }
    )


def furnish(user: User) -> None:
    """Have the person talk, be remembered, and write things of their own."""
    own = Character.objects.create(
        slug=f"u{user.pk}", name="Own", persona="O.", owner=user
    )
    Persona.objects.create(owner=user, name="Captain")
    Lorebook.objects.create(owner=user, name="Tides")
    talk = open_conversation(user, own, "character")
    say(talk, "I love rain.")
    remember(talk, "User loves rain.")
    remember(talk, "User rows.", maas_id="")


def test_everything_of_the_person_goes_and_nothing_of_anybody_else(
    settings: Settings,
) -> None:
    settings.EMBEDDED_MAAS = False
    furnish(User.objects.create_user("other"))
    before = rows()
    mina = User.objects.create_user("mina", "mina@example.com", PASSWORD)
    furnish(mina)
    leaving.leave(mina)
    assert rows() == before
    leaving.leave(mina)
    assert rows() == before


def test_what_lies_at_the_service_is_noted_by_its_id_alone(settings: Settings) -> None:
    settings.EMBEDDED_MAAS = True
    mina = User.objects.create_user("mina")
    furnish(mina)
    leaving.leave(mina)
    (orphan,) = Orphan.objects.all()
    assert orphan.maas_id == "id of User loves rain."


def test_a_guest_ticks_a_box_and_is_signed_out(client: Client, page: str) -> None:
    client.post(reverse("accounts:guest"))
    answer = client.post(page)
    assert answer.status_code == 422
    assert User.objects.filter(is_guest=True).count() == 1
    assert "password" not in answer.context["form"].fields
    answer = client.post(page, {"sure": "on"})
    assert answer.status_code == 302
    assert not User.objects.filter(is_guest=True).exists()
    assert whoever_is_signed_in(client) is None
    assert "deleted" in shown(answer)[0]
    assert client.cookies["left"].value == "1", "copies and drafts are to be cleared"


def test_whoever_has_a_password_says_it(client: Client, page: str) -> None:
    mina = User.objects.create_user("mina", "mina@example.com", PASSWORD)
    client.force_login(mina)
    for password in ("", "a guess"):
        answer = client.post(page, {"sure": "on", "password": password})
        assert answer.status_code == 422
        assert User.objects.filter(pk=mina.pk).exists()
    client.post(page, {"sure": "on", "password": PASSWORD})
    assert not User.objects.filter(pk=mina.pk).exists()


def test_an_operator_is_another_operator_s_to_delete(client: Client, page: str) -> None:
    operator = User.objects.create_superuser("operator", password=PASSWORD)
    client.force_login(operator)
    assert "operator of this site" in client.get(page).content.decode()
    client.post(page, {"sure": "on", "password": PASSWORD})
    assert User.objects.filter(pk=operator.pk).exists()


def test_a_stranger_is_asked_to_sign_in(client: Client, page: str) -> None:
    assert client.post(page, {"sure": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("can_delete", "said"),
    [(True, "is deleted at the memory service"), (False, "has no delete. Copies of")],
)
def test_the_page_tells_what_goes_and_what_the_service_can_not_delete(
    client: Client, page: str, settings: Settings, can_delete: bool, said: str
) -> None:
    settings.EMBEDDED_MAAS = can_delete
    mina = User.objects.create_user("mina")
    furnish(mina)
    client.force_login(mina)
    told = client.get(page).content.decode()
    assert said in told
    for line in ("1 character of your own", "1 persona", "1 lorebook", "2 memories"):
        assert f"<li>{line}</li>" in told
    assert "1 conversation" in told
