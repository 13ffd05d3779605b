"""Search over what a person said, was told and had remembered; the way to each hit.

Opening a hit never changes what a conversation shows: a message of another version is
read on a page of its own, where a button shows that version in the conversation.
"""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import choosing, turns, views
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.passage import passage
from chatapp.conversations.searching import search
from chatapp.conversations.sought import QUERY_CHARS, Sought, sought
from chatapp.memories.panel import Look, matching

MEMORIES = 6
MEMORY_WORDS = 6


@require_GET
@never_cache
@person_required
def find(request: PersonRequest) -> HttpResponse:
    """The page, its hits alone while one types, or more of them."""
    typed = " ".join(request.GET.get("q", "")[:QUERY_CHARS].split())
    query = sought(typed)
    begin = request.GET.get("from", "")
    page: dict[str, object] = {
        "typed": typed,
        "can_be_found": not query.is_empty,
        "found": search(request.user, query, begin),
        "is_more": bool(begin),
    }
    if begin:
        return render(request, "conversations/_hits.html", page)
    page["memories"], page["more_memories"] = _memories(request.user, typed, query)
    whole = not request.GET.get("part")
    name = "find.html" if whole else "_found.html"
    return render(request, f"conversations/{name}", page)


@require_GET
@never_cache
@person_required
def read_passage(
    request: PersonRequest, pk: uuid.UUID, message: uuid.UUID
) -> HttpResponse:
    """A message where it was said, whether or not the conversation shows it now."""
    conversation = views.own_conversation(request.user, pk)
    found = passage(conversation, message)
    if found is None:
        raise Http404
    character = conversation.character
    page = {
        "conversation": conversation,
        "character": character,
        "title": conversation.title or character.subject or character.name,
        "passage": found,
        "message_id": message,
    }
    return render(request, "conversations/passage.html", page)


@require_POST
@person_required
def show_version(
    request: PersonRequest, pk: uuid.UUID, message: uuid.UUID
) -> HttpResponse:
    """Show the version that this message belongs to, and go there."""
    conversation = views.own_conversation(request.user, pk)
    try:
        choosing.go_to(request.user, conversation, message)
    except turns.ReplyRunning:
        busy = _("A reply is still being written there. Wait for it, then try again.")
        return views.notice(request, busy, status=409)
    except (Message.DoesNotExist, Conversation.DoesNotExist) as exc:
        raise Http404 from exc
    url = f"{conversation.get_absolute_url()}?at={message}#message-{message}"
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _memories(
    user: User, typed: str, query: Sought
) -> tuple[list[list[tuple[str, bool]]], bool]:
    """What is remembered with these words in it, marked; and whether there is more."""
    if query.is_empty:
        return [], False
    words = " ".join(typed.replace('"', " ").split()[:MEMORY_WORDS])
    newest = matching(Look(user, query=words)).order_by("-created_at", "-pk")
    contents = list(newest.values_list("content", flat=True)[: MEMORIES + 1])
    marked = [query.marked(content) for content in contents[:MEMORIES]]
    return marked, len(contents) > MEMORIES
