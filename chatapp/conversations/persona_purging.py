"""Purges personas that were deleted, when the time in which to bring them back is over.

The row goes, with its picture. One as whom something was said, or that remembers
something, keeps its name alone: transcripts and memories say whose they are, and no
other role can become it.
"""

from __future__ import annotations

from django.utils import timezone

from chatapp.characters.deleted import purge_each
from chatapp.characters.models import Persona, PersonaChoice
from chatapp.characters.unshown import remove_unshown
from chatapp.conversations.models import Conversation, Message
from chatapp.memories.models import Atom


def purge_due() -> int:
    """Purge those whose time is over; returns how many."""
    return purge_each(Persona.objects.all(), _purge)


def _purge(persona: Persona) -> None:
    picture = persona.image_id
    if _is_named(persona):
        # A deleted one speaks nowhere: what still points at it is only forgotten.
        Conversation.objects.filter(persona=persona).update(persona=None)
        PersonaChoice.objects.filter(persona=persona).delete()
        persona.description, persona.image = "", None
        persona.purged_at = timezone.now()
        persona.save(update_fields=["description", "image", "purged_at"])
    else:
        persona.delete()
    if picture is not None:
        remove_unshown([picture])


def _is_named(persona: Persona) -> bool:
    """Whether a message or a memory says that it is this one's."""
    return (
        Message.objects.filter(persona=persona).exists()
        or Atom.objects.filter(anchor__user=persona.owner_id, role=persona.pk).exists()
    )
