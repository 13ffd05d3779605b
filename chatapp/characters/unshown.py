"""Pictures that nothing shows any more, removed with what showed them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef

from chatapp.characters.kept import CharacterVersion
from chatapp.characters.models import Character, Image, Persona

SHOWN_BY = (Character, CharacterVersion, Persona)


def remove_unshown(pictures: Iterable[UUID]) -> None:
    """Remove those of these pictures that nothing shows; part of a transaction."""
    # Held: a form that takes one of them in this moment waits, and then has it anew.
    held = Image.objects.filter(pk__in=list(pictures)).select_for_update()
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    unused = Image.objects.filter(pk__in=ids)
    for shown_by in SHOWN_BY:
        rows = shown_by._default_manager.filter(image=OuterRef("pk"))
        unused = unused.exclude(Exists(rows))
    unused.delete()
