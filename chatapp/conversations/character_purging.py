"""Purges characters that were deleted, when the time in which to bring them back is over.

Their versions go, and the pictures that nothing else shows. The row itself goes unless
there are conversations with them: these go on, so what a prompt and a page need of the
card stays, and nothing lists it. Memories are not touched: they are about the person,
hang on the conversations, and are forgotten where memories are.
"""

from __future__ import annotations

from django.utils import timezone

from chatapp.characters.deleted import purge_each
from chatapp.characters.kept import CharacterVersion, Favourite
from chatapp.characters.models import Character, PersonaChoice
from chatapp.characters.unshown import remove_unshown
from chatapp.conversations.models import Conversation
from chatapp.memories.models import Anchor


def purge_due() -> int:
    """Purge those whose time is over; returns how many.

    Who begins to talk to one holds its row: then it waits, and keeps what they need.
    """
    return purge_each(Character.objects.all(), _purge)


def _purge(character: Character) -> None:
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


def _is_talked_to(character: Character) -> bool:
    """Whether a conversation or a memory names it."""
    return (
        Conversation.objects.filter(character=character).exists()
        or Anchor.objects.filter(key=character.slug).exclude(lane="tutor").exists()
    )
