"""A conversation to take along, as a file of one's choice.

A short one is the answer. A long one is written by a job: its page says how far it is,
and has a link that works for its owner alone.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import export as exporting
from chatapp.conversations import export_files, export_tasks, views
from chatapp.conversations.models import Conversation, ExportedFile

LABELS: dict[str, Promise | str] = {
    "html": gettext_lazy("Web page"),
    "md": "Markdown",
    "json": "JSON",
}


@dataclass(frozen=True)
class Row:
    """A kind of file, and the one that there is of it."""

    kind: str
    label: Promise | str
    file: ExportedFile | None


@require_GET
@never_cache
@person_required
def export(request: PersonRequest, pk: str, kind: str) -> HttpResponse:
    """The conversation with every version, as `kind`: md, json or html.

    Leads to the page that has a long one's file prepared.
    """
    try:
        conversation = views.own_conversation(request.user, uuid.UUID(pk))
    except ValueError as exc:
        raise Http404 from exc
    if export_files.is_long(conversation):
        return _page(conversation)
    told = exporting.whole(conversation)
    written, _media = exporting.WRITERS[kind]
    data = "".join(written(told)).encode()
    return _attached(data, kind, exporting.file_name(told, kind))


@require_POST
@person_required
def prepare(request: PersonRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """Have a file of this conversation written; answers with how far all of them are."""
    conversation = views.own_conversation(request.user, pk)
    if kind not in exporting.WRITERS:
        raise Http404
    try:
        export_tasks.prepare(conversation, kind)
    except export_files.TooMany:
        problem = _("Other files are being prepared for you. Wait for one of them.")
        if request.htmx:
            return views.notice(request, problem, status=429)
        messages.error(request, problem)
    if request.htmx:
        return _shown(request, conversation)
    return _page(conversation)


@require_GET
@never_cache
@person_required
def prepared(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the files of a conversation are."""
    return _shown(request, views.own_conversation(request.user, pk))


@require_GET
@never_cache
@person_required
def download(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """A file that is ready, for whom its conversation belongs to."""
    try:
        file = export_files.ready(request.user, pk)
    except ExportedFile.DoesNotExist as exc:
        raise Http404 from exc
    return _attached(bytes(file.data), file.kind, file.name)


def rows(conversation: Conversation) -> list[Row]:
    """Every kind of file, with what there is of it, for a long conversation's page."""
    there = {file.kind: file for file in export_files.files_of(conversation)}
    return [Row(kind, label, there.get(kind)) for kind, label in LABELS.items()]


def told(conversation: Conversation) -> dict[str, object]:
    """What `_exports.html` shows."""
    listed = rows(conversation)
    writing = ExportedFile.State.WRITING
    return {
        "conversation": conversation,
        "files": listed,
        "is_writing": any(row.file and row.file.state == writing for row in listed),
    }


def _shown(request: PersonRequest, conversation: Conversation) -> HttpResponse:
    return render(request, "conversations/_exports.html", told(conversation))


def _page(conversation: Conversation) -> HttpResponse:
    keep = reverse("conversations:keep", args=[conversation.pk])
    return redirect(f"{keep}#keep-export")


def _attached(data: bytes, kind: str, name: str) -> HttpResponse:
    _written, media = exporting.WRITERS[kind]
    response = HttpResponse(data, content_type=f"{media}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
