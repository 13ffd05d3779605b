"""What of these pages hangs on a person who deletes their account."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import ngettext

from chatapp.accounts.leaving import Line
from chatapp.accounts.models import User
from chatapp.characters.models import Character, Lorebook, Persona


def tell(user: User) -> Iterator[Line]:
    """Characters, personas and lorebooks of their own; nobody else has any of them."""
    characters = Character.objects.filter(owner=user, deleted_at=None).count()
    if characters:
        text = ngettext(
            "%(n)s character of your own", "%(n)s characters of your own", characters
        )
        yield Line(text % {"n": characters})
    personas = Persona.objects.filter(owner=user, deleted_at=None).count()
    if personas:
        text = ngettext("%(n)s persona", "%(n)s personas", personas)
        yield Line(text % {"n": personas})
    books = Lorebook.objects.filter(owner=user).count()
    if books:
        text = ngettext("%(n)s lorebook", "%(n)s lorebooks", books)
        yield Line(text % {"n": books})
