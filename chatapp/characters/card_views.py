"""The pages of cards: bring some, look at one before its first use, take one along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import (
    content_disposition_header,
    url_has_allowed_host_and_scheme,
)
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import exporting
from chatapp.characters.bringing import Report, bring
from chatapp.characters.definition import definition, notes_in, text
from chatapp.characters.formats import limits
from chatapp.characters.models import Character
from chatapp.characters.taking import plain
from chatapp.characters.visible import own, visible_to

AT_ONCE = 20
"""Files of one request; the page's script sends each in a request of its own."""


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def bring_page(request: PersonRequest) -> HttpResponse:
    """Where files are dropped; the answer to some is a report on each of them."""
    reports: list[Report] = []
    if request.method == "POST":
        reports = _brought(request, _files(request))
    page: dict[str, object] = {"reports": reports, "most_bytes": limits.ARCHIVE_BYTES}
    template = "_reports.html" if request.htmx else "import.html"
    return render(request, f"characters/{template}", page)


def _files(request: PersonRequest) -> list[UploadedFile[Any]]:
    """The files that were sent, and the text that was pasted as one of them."""
    files = request.FILES.getlist("cards")
    if text := request.POST.get("pasted", "").strip():
        pasted = SimpleUploadedFile(_("pasted.json"), text.encode(errors="replace"))
        files.append(pasted)
    return files


def _brought(
    request: PersonRequest, files: Sequence[UploadedFile[Any]]
) -> list[Report]:
    if not files:
        nothing = _("Choose one or more files first.")
        return [Report("", "refused", problem=nothing)]
    reports = [
        bring(request.user, cast("BinaryIO", f), f.name or "") for f in files[:AT_ONCE]
    ]
    too_many = _("Up to %(count)s files are read at once. Bring this one again.") % {
        "count": AT_ONCE
    }
    return [
        *reports,
        *(Report(f.name or "", "refused", problem=too_many) for f in files[AT_ONCE:]),
    ]


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def preview(request: PersonRequest, slug: str) -> HttpResponse:
    """What a card says and what it tells the model; posting it starts a conversation.

    Or goes on to `next`, a conversation that was there before the card was looked at.
    """
    found = own(request.user).select_related("image")
    character = get_object_or_404(found, slug=slug)
    if request.method == "POST":
        Character.objects.filter(pk=character.pk).update(needs_preview=False)
        onward = request.GET.get("next", "")
        if onward and url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
            return redirect(onward)
        # 307: the browser posts again, there.
        return HttpResponseRedirect(
            redirect("characters:start", slug).url, preserve_request=True
        )
    said = definition(character)
    entries = said.book.get("entries") if said.book else None
    greetings = [said.first_mes, *said.alternate_greetings]
    page = {
        "character": character,
        "said": said,
        "notes": plain(notes_in(character.card, get_language() or "")),
        "greetings": sum(bool(greeting.strip()) for greeting in greetings),
        "creator": text(character.card, "creator"),
        "version": text(character.card, "character_version"),
        "entries": len(entries) if isinstance(entries, list) else 0,
    }
    return render(request, "characters/preview.html", page)


@require_GET
@never_cache
@person_required
def export(request: PersonRequest, slug: str, kind: str) -> HttpResponse:
    """A character as a file."""
    found = visible_to(request.user).select_related("image")
    file = exporting.exported(get_object_or_404(found, slug=slug), kind)
    response = HttpResponse(file.data, content_type=file.mime)
    name = "".join(c for c in file.name if c not in '/\\:*?"<>|')
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
