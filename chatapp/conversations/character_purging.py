"""Purges characters that were deleted, when the time in which to bring them back is over.

Their versions go, and the pictures that nothing else shows. The row itself goes unless
there are conversations with them: these go on, so what a prompt and a page need of the
card stays, and nothing lists it. Memories are not touched: they are about the person,
hang on the conversations, and are forgotten where memories are.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from chatapp.characters.authored import purge_before
from chatapp.characters.kept import CharacterVersion, Favourite
from chatapp.characters.models import Character, PersonaChoice
from chatapp.characters.unshown import remove_unshown
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
        remove_unshown(picture for picture in pictures if picture is not None)
    return True


def _is_talked_to(character: Character) -> bool:
    """Whether a conversation or a memory names it."""
    return (
        Conversation.objects.filter(character=character).exists()
        or Anchor.objects.filter(key=character.slug).exclude(lane="tutor").exists()
    )
