"""Purges characters that were deleted, when the time in which to bring them back is over.

Their versions go, and the pictures that nothing else shows. The row itself goes unless
there are conversations with them: these go on, so what a prompt and a page need of the
card stays, and nothing lists it. Memories are not touched: they are about the person,
hang on the conversations, and are forgotten where memories are.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chatapp.characters.authored import purge_before
from chatapp.characters.kept import CharacterVersion, Favourite
from chatapp.characters.models import Character, Image, Persona, PersonaChoice
from chatapp.conversations.models import Conversation
from chatapp.memories.models import Anchor

AT_ONCE = 50


def purge_due() -> int:
    """Purge those whose time is over; returns how many."""
    due = Character.objects.filter(deleted_at__lt=purge_before(), purged_at=None)
    ids = list(due.order_by("deleted_at").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_purge(pk) for pk in ids)


def _purge(pk: int) -> bool:
    with transaction.atomic():
        # Whoever brings it back holds this row, and so does who begins to talk to it.
        due = Character.objects.filter(deleted_at__lt=purge_before(), purged_at=None)
        character = due.select_for_update().filter(pk=pk).first()
        if character is None:
            return False
        versions = CharacterVersion.objects.filter(character=character)
        pictures = {*versions.values_list("image", flat=True), character.image_id}
        versions.delete()
        Favourite.objects.filter(character=character).delete()
        if _is_talked_to(character):
            PersonaChoice.objects.filter(character=character).delete()
            character.envelope = {}
            character.purged_at = timezone.now()
            character.save(update_fields=["envelope", "purged_at"])
        else:
            character.delete()
        _remove_unused(picture for picture in pictures if picture is not None)
    return True


def _is_talked_to(character: Character) -> bool:
    """Whether a conversation or a memory names it."""
    return (
        Conversation.objects.filter(character=character).exists()
        or Anchor.objects.filter(key=character.slug).exclude(lane="tutor").exists()
    )


def _remove_unused(pictures: Iterable[UUID]) -> None:
    """Remove those of these pictures that nothing shows; part of a transaction."""
    # Held: a form that takes one of them in this moment waits, and then has it anew.
    held = Image.objects.filter(pk__in=list(pictures)).select_for_update()
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    unused = Image.objects.filter(pk__in=ids)
    for shown_by in (Character, CharacterVersion, Persona):
        rows = shown_by._default_manager.filter(image=OuterRef("pk"))
        unused = unused.exclude(Exists(rows))
    unused.delete()
