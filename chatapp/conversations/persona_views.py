"""As whom a person speaks in a conversation: chosen on its page."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import personas
from chatapp.characters.models import Persona
from chatapp.conversations.models import Conversation
from chatapp.conversations.opening import PLAYED
from chatapp.conversations.views import own_conversation


@require_POST
@person_required
def speak_as(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Speak as this persona from the next message on; "" is the person themselves.

    What was said before stays as it was said. `always` also begins the next
    conversations with this character so.
    """
    conversation = own_conversation(request.user, pk)
    if conversation.lane != PLAYED:
        raise Http404
    persona = _chosen(request, request.POST.get("persona", ""))
    Conversation.objects.filter(pk=pk, user=request.user).update(persona=persona)
    if request.POST.get("always"):
        personas.choose(request.user, conversation.character, persona)
    return redirect(conversation)


def _chosen(request: PersonRequest, value: str) -> Persona | None:
    if not value:
        return None
    try:
        return personas.personas_of(request.user).get(pk=uuid.UUID(value))
    except (ValueError, Persona.DoesNotExist) as exc:
        raise Http404 from exc
