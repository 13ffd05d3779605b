"""As whom a person speaks: per conversation, per character, else their default."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.characters.deleted import purge_before
from chatapp.characters.models import Character, Image
from chatapp.characters.roles import Persona, PersonaChoice

MOST = 100
"""Personas of one person; more could not be told apart in a menu."""
RECALLABLE = 5
"""Deleted ones that are offered to be brought back."""


class Spoken(Protocol):
    """What is needed of a conversation: who speaks in it."""

    @property
    def persona(self) -> Persona | None:
        """As whom the person speaks there; None for themselves."""


class Changed(Exception):
    """Somebody else, perhaps another tab, has saved it since the form was opened."""

    def __init__(self, theirs: Persona) -> None:
        super().__init__("the persona was changed meanwhile")
        self.theirs = theirs


class TooMany(Exception):
    """`MOST` personas are there."""


def personas_of(user: User) -> QuerySet[Persona]:
    """A person's personas, by name."""
    return Persona.objects.filter(owner=user, deleted_at=None)


def deleted_lately(user: User) -> QuerySet[Persona]:
    """Those that were deleted last and can be brought back, newest first."""
    gone = _deleted(user).filter(deleted_at__gt=purge_before())
    return gone.order_by("-deleted_at")[:RECALLABLE]


def persona_for(conversation: Spoken) -> Persona | None:
    """As whom the person speaks in this conversation; None for themselves."""
    persona = conversation.persona
    return None if persona is None or persona.deleted_at else persona


def persona_to_begin_with(user: User, character: Character) -> Persona | None:
    """As whom they begin with this character: their choice for it, or the default."""
    choice = (
        PersonaChoice.objects.filter(user=user, character=character)
        .select_related("persona")
        .first()
    )
    if choice is not None and (choice.persona is None or not choice.persona.deleted_at):
        return choice.persona
    return personas_of(user).filter(is_default=True).first()


def choose(user: User, character: Character, persona: Persona | None) -> None:
    """Begin with this character as that persona from now on; None: as themselves."""
    PersonaChoice.objects.update_or_create(
        user=user, character=character, defaults={"persona": persona}
    )


def create(
    user: User,
    *,
    name: str,
    description: str,
    is_role: bool,
    is_default: bool,
    image: Image | None = None,
) -> Persona:
    """A new persona. Raises TooMany."""
    with transaction.atomic():
        # The person's row orders two tabs: one default, and the count is exact.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if personas_of(user).count() >= MOST:
            raise TooMany
        if is_default:
            Persona.objects.filter(owner=user).update(is_default=False)
        return Persona.objects.create(
            owner=user,
            name=name,
            description=description,
            is_role=is_role,
            is_default=is_default,
            image=image,
        )


def save(
    user: User,
    pk: UUID,
    *,
    number: int,
    name: str,
    description: str,
    is_default: bool,
    image: Image | None = None,
) -> Persona:
    """Change one. `number` is that of the form: an older one raises Changed.

    Whether it is a role stays as it was begun: what was said as it is remembered so.
    Raises Persona.DoesNotExist.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        persona = personas_of(user).get(pk=pk)
        if persona.number != number:
            raise Changed(persona)
        if is_default:
            others = Persona.objects.filter(owner=user).exclude(pk=pk)
            others.update(is_default=False)
        persona.name, persona.description = name, description
        persona.is_default, persona.image = is_default, image
        persona.number += 1
        persona.save()
    return persona


def delete(user: User, pk: UUID) -> bool:
    """Take it off every list; its conversations go on as the person themselves.

    It can be brought back for `DELETED_CHARACTER_DAYS`; then it is purged.
    """
    mine = personas_of(user).filter(pk=pk)
    return bool(
        mine.update(deleted_at=timezone.now(), is_default=False, number=F("number") + 1)
    )


def undelete(user: User, pk: UUID) -> bool:
    """Bring it back as it was, but for being the default; False when it is too late."""
    return bool(_deleted(user).filter(pk=pk).update(deleted_at=None))


def _deleted(user: User) -> QuerySet[Persona]:
    return Persona.objects.filter(owner=user, deleted_at__isnull=False, purged_at=None)


def join(*, guest: User, user: User, **_: object) -> None:
    """Receiver of `guest_signed_in`: personas and choices come along to the account."""
    Persona.objects.filter(owner=guest).update(owner=user, is_default=False)
    taken = PersonaChoice.objects.filter(user=user).values("character")
    PersonaChoice.objects.filter(user=guest).exclude(character__in=taken).update(
        user=user
    )
