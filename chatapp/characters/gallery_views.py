"""The gallery: everybody one can talk to, and what one does with them there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, SiteRequest, person_required
from chatapp.characters import authored, gallery
from chatapp.characters.models import Character
from chatapp.characters.visible import visible_to

QUERY_CHARS = 100


@require_GET
@never_cache
def gallery_page(request: SiteRequest) -> HttpResponse:
    """The gallery; htmx asks for the tiles alone, or for the next of them."""
    asked = request.GET
    wanted = gallery.Wanted(
        query=asked.get("q", "").replace("\0", "")[:QUERY_CHARS],
        kind=next((k for k in gallery.KINDS if k == asked.get("kind")), "all"),
        tag=asked.get("tag", "").replace("\0", "")[:QUERY_CHARS],
        sort=next((s for s in gallery.SORTS if s == asked.get("sort")), "new"),
        after=asked.get("after", "").replace("\0", ""),
    )
    page: dict[str, Any] = {
        "wanted": wanted,
        "page": gallery.page(request.user, wanted),
    }
    if wanted.after and request.htmx:
        return render(request, "characters/_tiles.html", page)
    page["tags"] = gallery.tags(request.user)
    page["found"] = gallery.matching(request.user, wanted).count()
    if request.htmx:
        return render(request, "characters/_gallery.html", page)
    if request.user.is_authenticated:
        page["deleted"] = authored.deleted_lately(request.user)
        page["deleted_days"] = settings.DELETED_CHARACTER_DAYS
    return render(request, "characters/gallery.html", page)


@require_POST
@person_required
def favour(request: PersonRequest, slug: str) -> HttpResponse:
    """Make it a favourite, or no longer; answers with the star."""
    character = _visible(request, slug)
    on = request.POST.get("on") == "yes"
    gallery.favour(request.user, character, on=on)
    if not request.htmx:
        return redirect("characters:gallery")
    star = {
        "url": gallery.address(slug),
        "name": character.name,
        "is_favourite": on,
    }
    return render(request, "characters/_star.html", {"tile": star})


@require_POST
@person_required
def duplicate(request: PersonRequest, slug: str) -> HttpResponse:
    """A copy of one's own, open in the editor."""
    copy = authored.duplicate(request.user, _visible(request, slug))
    return redirect("characters:edit", copy.slug)


@require_POST
@person_required
def delete(request: PersonRequest, slug: str) -> HttpResponse:
    """Take it off the gallery, which offers to bring it back."""
    get_object_or_404(Character, slug=slug, owner=request.user)
    authored.delete(request.user, slug)
    return redirect("characters:gallery")


@require_POST
@person_required
def undelete(request: PersonRequest, slug: str) -> HttpResponse:
    """Bring it back, while that is possible."""
    get_object_or_404(Character, slug=slug, owner=request.user)
    if not authored.undelete(request.user, slug):
        messages.error(request, _("It is too late to bring this character back."))
    return redirect("characters:gallery")


def _visible(request: PersonRequest, slug: str) -> Character:
    return get_object_or_404(visible_to(request.user), slug=slug)
