"""Which theme a person sees a character in: their own choice, else the author's."""

from __future__ import annotations

from typing import Any

from chatapp.accounts.models import User
from chatapp.characters.models import Character, ThemeChoice
from chatapp.characters.themes import Theme, theme_of


def theme_for(user: User, character: Character) -> Theme:
    """The colours of their conversations."""
    choice = chosen(user, character)
    return theme_of(character.theme) if choice is None else choice


def chosen(user: User, character: Character) -> Theme | None:
    """What the person chose for this character; None for nothing."""
    rows = ThemeChoice.objects.filter(user=user, character=character)
    name = rows.values_list("theme", flat=True).first()
    return None if name is None else theme_of(name)


def choose(user: User, character: Character, theme: Theme | None) -> None:
    """See the character so from now on; None: as its author meant it."""
    if theme is None:
        ThemeChoice.objects.filter(user=user, character=character).delete()
    else:
        ThemeChoice.objects.update_or_create(
            user=user, character=character, defaults={"theme": theme}
        )


def join(*, guest: User, user: User, **_: Any) -> None:
    """Receiver of `guest_signed_in`: choices come along where the account has none."""
    taken = ThemeChoice.objects.filter(user=user).values("character")
    rows = ThemeChoice.objects.filter(user=guest).exclude(character__in=taken)
    rows.update(user=user)
