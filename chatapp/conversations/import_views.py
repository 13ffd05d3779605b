"""Chats from elsewhere: several files at once, a report for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters.models import Character
from chatapp.characters.visible import visible_to
from chatapp.conversations.importing import Imported, import_chat
from chatapp.conversations.sillytavern import FILE_BYTES, ChatRefused

FILES = 50
"""At once; the rest of a larger pile is named in the report."""


@dataclass(frozen=True)
class Report:
    """What became of one file."""

    name: str
    imported: Imported | None = None
    problem: str = ""


@require_http_methods(["GET", "POST"])
@never_cache
@person_required
def import_chats(request: PersonRequest) -> HttpResponse:
    """Ask for files and whose chats they are; import each, whatever the others hold."""
    # Only what the list shows: a card may be megabytes long.
    characters = list(
        visible_to(request.user).only("slug", "name").order_by("name", "pk")
    )
    page: dict[str, Any] = {
        "characters": characters,
        "chosen": "",
        "reports": [],
        "problem": "",
    }
    if request.method == "POST":
        slug = request.POST.get("character", "")
        chosen = next((c for c in characters if c.slug == slug), None)
        page["chosen"] = slug
        files = request.FILES.getlist("files")
        if chosen is None:
            page["problem"] = _("Choose the character whose chats these are.")
        elif not files:
            page["problem"] = _("Choose at least one file.")
        else:
            page["reports"] = [_one(request, chosen, file) for file in files[:FILES]]
            page["reports"] += [
                Report(_name(file), problem=_("Too many files at once: send it again."))
                for file in files[FILES:]
            ]
    return render(request, "conversations/import.html", page)


def _one(
    request: PersonRequest, character: Character, file: UploadedFile[bytes]
) -> Report:
    try:
        # One byte more than there may be: then it is refused, and not read further.
        data = file.read(FILE_BYTES + 1)
        return Report(_name(file), import_chat(request.user, character, data))
    except ChatRefused as exc:
        return Report(_name(file), problem=str(exc))


def _name(file: UploadedFile[bytes]) -> str:
    return (file.name or "?")[:120]
