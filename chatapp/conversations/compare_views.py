"""The page that shows what memory adds: one question, two answers, nothing kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters.models import Character, portrait
from chatapp.memories.inspector import SIDES
from chatapp.pipeline import Asked

# The newest conversation of each scope that holds a memory, the fullest first.
SCOPES = """
    SELECT DISTINCT ON (anchor.id) newest.id, character.name, character.subject,
           character.avatar, character.image_id, character.hue, kept.number
    FROM memories_anchor AS anchor
    JOIN LATERAL (
        SELECT count(*) AS number FROM memories_atom
        WHERE anchor_id = anchor.id AND state = 'saved'
    ) AS kept ON kept.number > 0
    JOIN conversations_conversation AS newest ON newest.user_id = anchor.user_id
                                             AND newest.lane = anchor.lane
    JOIN characters_character AS character ON character.id = newest.character_id
    WHERE anchor.user_id = %s
      AND (anchor.lane = 'tutor' OR character.slug = anchor.key)
    ORDER BY anchor.id, newest.updated_at DESC
"""


@dataclass(frozen=True)
class Scope:
    """Whose memory a question can be put to: the newest conversation with them."""

    conversation: UUID
    name: str
    subject: str
    portrait: str
    hue: int
    memories: int


@require_GET
@never_cache
@person_required
def compare(request: PersonRequest) -> HttpResponse:
    """Ask once, read both answers as they are written."""
    page = {"scopes": scopes(request.user), "sides": SIDES}
    return render(request, "conversations/compare.html", page)


def scopes(user: User) -> list[Scope]:
    """Where this person has memories, the fullest first."""
    found = [
        Scope(pk, name, subject, portrait(*drawn), Character(hue=hue).accent, number)
        for pk, name, subject, *drawn, hue, number in Asked(SCOPES, [user.pk]).all()
    ]
    return sorted(found, key=lambda scope: -scope.memories)
