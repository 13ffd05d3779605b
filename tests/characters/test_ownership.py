"""A person's own characters: theirs alone, and gone when they go."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from chatapp.accounts.claim import guest_signed_in
from chatapp.accounts.models import User
from chatapp.characters.cards import cards
from chatapp.characters.models import UNDRAWN, Character, Image, new_slug
from chatapp.characters.picture import kept, redrawn, small
from chatapp.characters.visible import own, visible_to
from chatapp.conversations.models import Conversation
from chatapp.conversations.opening import open_conversation
from tests.characters.formats import card_files as files

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(name="owner")
def _owner() -> User:
    return User.objects.create_user("owner")


@pytest.fixture(name="stranger")
def _stranger() -> User:
    return User.objects.create_user("stranger")


def theirs(owner: User, **fields: object) -> Character:
    values: dict[str, object] = {
        "name": "Bea",
        "card": {"name": "Bea", "first_mes": "Hello, {{user}}."},
    }
    return Character.objects.create(owner=owner, slug=new_slug(), **values | fields)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def test_the_owner_can_talk_to_their_character_and_nobody_else_can(
    owner: User, stranger: User
) -> None:
    bea = theirs(owner)
    conversation = open_conversation(owner, bea, "character")
    assert conversation.leaf and conversation.leaf.text.startswith("Hello")
    with pytest.raises(Character.DoesNotExist):
        open_conversation(stranger, bea, "character")
    address = reverse("characters:start", args=[bea.slug])
    assert signed_in(stranger).post(address).status_code == 404
    assert signed_in(owner).post(address).status_code == 302


def test_galleries_show_the_site_s_characters_and_one_s_own(
    owner: User, stranger: User
) -> None:
    Character.objects.create(slug="aria", name="Aria", persona="P.")
    bea = theirs(owner)
    assert [card.slug for card in cards(owner)] == ["aria", bea.slug]
    assert [card.slug for card in cards(stranger)] == ["aria"]
    assert [card.slug for card in cards(AnonymousUser())] == ["aria"]
    assert bea.name not in signed_in(stranger).get("/").text


def test_a_deleted_character_is_not_started_again_but_its_conversations_stay_open(
    owner: User,
) -> None:
    bea = theirs(owner)
    conversation = open_conversation(owner, bea, "character")
    bea.deleted_at = bea.created_at
    bea.save()
    assert not own(owner).exists() and not visible_to(owner).exists()
    with pytest.raises(Character.DoesNotExist):
        open_conversation(owner, bea, "character")
    assert signed_in(owner).get(conversation.get_absolute_url()).status_code == 200


def test_a_deleted_person_s_characters_conversations_and_pictures_are_gone(
    owner: User,
) -> None:
    picture = Image.objects.create(
        owner=owner, sha256="0" * 64, mime="image/webp", data=b"x", width=1, height=1
    )
    open_conversation(owner, theirs(owner, image=picture), "character")
    owner.delete()
    assert not Character.objects.exists()
    assert not Conversation.objects.exists()
    assert not Image.objects.exists()


def test_a_guest_s_characters_come_along_with_slug_and_picture(
    owner: User, stranger: User
) -> None:
    drawn = redrawn(io.BytesIO(files.picture()))
    picture = kept(drawn, stranger)
    bea = theirs(stranger, image=picture)
    conversation = open_conversation(stranger, bea, "character")
    guest_signed_in(stranger, owner)
    assert own(owner).get().slug == bea.slug
    client = signed_in(owner)
    page = client.get(reverse("conversations:open", args=[conversation.pk]))
    assert bea.portrait in page.text
    answer = client.get(reverse("characters:image", args=[picture.pk]))
    assert (answer.content, answer["Content-Type"]) == (drawn.data, "image/webp")
    assert "immutable" in answer["Cache-Control"]
    assert client.get(bea.portrait).content == small(drawn.data)
    assert signed_in(stranger).get(bea.portrait).status_code == 404


def test_a_character_without_a_picture_has_a_drawn_one(owner: User) -> None:
    assert UNDRAWN.rpartition("/")[2] in theirs(owner).portrait


def test_operators_do_not_see_what_people_brought(owner: User) -> None:
    bea = theirs(owner)
    Character.objects.create(slug="aria", name="Aria", persona="P.")
    operator = User.objects.create_superuser("operator")
    client = signed_in(operator)
    listed = client.get(reverse("admin:characters_character_changelist")).text
    assert "Aria" in listed and bea.slug not in listed
    change = reverse("admin:characters_character_change", args=[bea.pk])
    assert client.get(change).status_code == 302  # "does not exist"
