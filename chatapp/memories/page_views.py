"""The Memory page: everything that is remembered of a person, and what they decide.

Every view is about the person who asks; there is no address of another's.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.memories import asking, everything, export, sharing
from chatapp.memories.known_by import names
from chatapp.memories.models import Anchor
from chatapp.memories.panel import Look, beyond, groups, more
from chatapp.memories.timeline import timeline

QUERY_CHARS = 100


@require_GET
@never_cache
@person_required
def mine(request: PersonRequest) -> HttpResponse:
    """The page, its list alone, or more of one type."""
    user, part = request.user, request.GET.get("part", "")
    query = " ".join(request.GET.get("q", "")[:QUERY_CHARS].split())
    key = request.GET.get("scope", "")
    anchors = list(Anchor.objects.filter(user=user).order_by("lane", "key"))
    chosen = next((anchor for anchor in anchors if str(anchor.pk) == key), None)
    look = Look(user, chosen, query=query)
    page: dict[str, object] = {"look": look, "scope": str(chosen.pk) if chosen else ""}
    if part == "more":
        begin = request.GET.get("from", "")
        page["group"] = more(look, request.GET.get("type", ""), begin)
        return render(request, "memories/_more.html", page)
    found = groups(look)
    total = sum(group.count for group in found)
    page |= {"groups": found, "total": total, "total_told": beyond(total)}
    if part == "list":
        return render(request, "memories/_list.html", page)
    called = names([(anchor.lane, anchor.key) for anchor in anchors])
    page |= {
        "scopes": [
            (str(anchor.pk), called[anchor.lane, anchor.key]) for anchor in anchors
        ],
        "timeline": timeline(user, timezone.now()),
        "kinds": asking.kinds_of(user),
        "shares": sharing.is_on(user),
        "exposed": [e for e in sharing.preview(user) if e.count],
        "progress": everything.progress(user),
    }
    return render(request, "memories/mine.html", page)


@require_POST
@person_required
def share(request: PersonRequest) -> HttpResponse:
    """Let the person's characters share what they know, or no longer."""
    sharing.switch(request.user, on=request.POST.get("on") == "yes")
    return redirect("memories:mine")


@require_GET
@never_cache
@person_required
def download(request: PersonRequest, kind: str) -> HttpResponse:
    """Everything as a file: `kind` is "json" or "md"."""
    if kind == "json":
        text, media = export.as_json(request.user), "application/json"
    else:
        text, media = export.as_markdown(request.user), "text/markdown"
    response = HttpResponse(text, content_type=f"{media}; charset=utf-8")
    name = f"memories-{timezone.localtime():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@person_required
def delete_all(request: PersonRequest) -> HttpResponse:
    """Delete everything; a box has to be ticked, since there is no undo."""
    if request.POST.get("sure") == "yes":
        everything.delete_everything(request.user)
    return redirect("memories:mine")


@require_GET
@never_cache
@person_required
def receipt(request: PersonRequest) -> HttpResponse:
    """How far the removal of what was deleted has come."""
    page = {"progress": everything.progress(request.user)}
    return render(request, "memories/_progress.html", page)
