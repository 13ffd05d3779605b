"""Memory in a conversation: the panel, and whether anything is learnt here at all.

Ownership is the first line of every view: somebody else's conversation does not exist.
"""

from __future__ import annotations

import json
import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import context, hub, path
from chatapp.conversations.models import Conversation
from chatapp.conversations.views import own_conversation
from chatapp.memories import asking, off_record
from chatapp.memories.lines import badge, count
from chatapp.memories.panel import Look, beyond, groups, more, waiting

QUERY_CHARS = 100


@require_GET
@never_cache
@person_required
def panel(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """What is remembered here: the panel, its list alone, or more of one type."""
    conversation = own_conversation(request.user, pk)
    look = _look(request, conversation)
    part = request.GET.get("part", "")
    if part == "more":
        begin = request.GET.get("from", "")
        group = more(
            look,
            request.GET.get("type", ""),
            begin,
            pk,
        )
        return render(request, "memories/_more.html", _page(conversation, look, group))
    found = groups(look, pk)
    page = _page(conversation, look)
    total = sum(group.count for group in found)
    page |= {"groups": found, "total": total, "total_told": beyond(total)}
    if part == "list":
        return render(request, "memories/_list.html", page)
    page |= {
        "anchor_ready": bool(look.anchor and look.anchor.maas_id),
        "off_record": off_record.current(pk),
        "asked": waiting(look, pk),
        "kinds": [
            (kind, asking.waiting_for(request.user, kind.name))
            for kind in asking.kinds_of(request.user)
            if kind.waiting and kind.allowed is None
        ],
    }
    response = render(request, "memories/_panel.html", page)
    assert look.anchor is not None  # a conversation has one
    told = {"memory:count": {"count": badge(count(look.anchor, look.hidden))}}
    response["HX-Trigger"] = json.dumps(told)
    return response


@require_POST
@person_required
def keep_off_record(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Switch "do not remember this conversation" on or off; the answer is the banner.

    `on` is "yes" or "no"; `recall` "no" also keeps memory out of the replies.
    """
    conversation = own_conversation(request.user, pk)
    if request.POST.get("on") == "yes":
        off_record.switch_on(pk, recalls=request.POST.get("recall") != "no")
    else:
        off_record.switch_off(pk)
    hub.poke(pk)
    page = {"conversation": conversation, "off_record": off_record.current(pk)}
    response = render(request, "conversations/_off_record.html", page)
    response["HX-Trigger"] = "memory:refresh"
    return response


def _look(request: PersonRequest, conversation: Conversation) -> Look:
    here = request.GET.get("scope") == "here"
    return Look(
        user=request.user,
        anchor=context.anchor_of(conversation),
        conversation=conversation.pk if here else None,
        hidden=path.origins(conversation.origin_id),
        query=" ".join(request.GET.get("q", "")[:QUERY_CHARS].split()),
    )


def _page(
    conversation: Conversation, look: Look, group: object = None
) -> dict[str, object]:
    return {
        "conversation": {
            "id": conversation.pk,
            "name": conversation.character.name,
            "lane": conversation.lane,
        },
        "look": look,
        "scope": "here" if look.conversation else "all",
        "group": group,
    }
