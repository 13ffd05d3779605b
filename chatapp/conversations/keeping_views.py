"""All of a person's conversations: the list, its folders, its archive, and each one's page.

Every change is a plain form that works without a script; htmx swaps the row in place.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import (
    export_files,
    export_views,
    keeping,
    theme_views,
    threads,
    views,
)
from chatapp.conversations.forms import FolderForm, MoveForm, RenameForm
from chatapp.conversations.models import Conversation, Folder


@require_GET
@never_cache
@person_required
def conversations(request: PersonRequest) -> HttpResponse:
    """The list: everything, one folder, or the archive; or more of it."""
    user = request.user
    folder = _folder(user, request.GET.get("folder", ""))
    archived = request.GET.get("archived") == "yes"
    begin = request.GET.get("from", "")
    page: dict[str, object] = {
        "page": threads.page_of(
            user, folder=folder.pk if folder else None, archived=archived, begin=begin
        ),
        "folder": folder,
        "archived": archived,
    }
    if begin:
        return render(request, "conversations/_rows.html", page)
    page["folders"] = keeping.folders_of(user)
    return render(request, "conversations/list.html", page)


@require_GET
@never_cache
@person_required
def keep(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """One conversation's name, place and copies."""
    conversation = views.own_conversation(request.user, pk)
    page = {
        "thread": threads.one(conversation),
        "conversation": conversation,
        "folders": [folder for folder, _count in keeping.folders_of(request.user)],
        "themes": theme_views.offered(request.user, conversation.character),
    }
    if export_files.is_long(conversation):
        page |= export_views.told(conversation)
    return render(request, "conversations/keep.html", page)


@require_POST
@person_required
def rename(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Give it another name."""
    conversation = views.own_conversation(request.user, pk)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _refused(request, conversation, form.problem())
    keeping.rename(conversation, form.cleaned_data["title"])
    return _kept(request, conversation, _("The name is saved."))


@require_POST
@person_required
def pin(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Pin it, or unpin it."""
    conversation = views.own_conversation(request.user, pk)
    on = request.POST.get("on") == "yes"
    keeping.pin(conversation, on=on)
    return _kept(request, conversation, _("Pinned.") if on else _("Unpinned."))


@require_POST
@person_required
def archive(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it into the archive, or bring it back; the row that answers offers the undo."""
    conversation = views.own_conversation(request.user, pk)
    on = request.POST.get("on") == "yes"
    keeping.archive(conversation, on=on)
    said = _("It is in the archive now.") if on else _("It is back in the list.")
    is_undo = request.POST.get("undo") == "yes"
    undo = "" if is_undo else "archive" if on else "unarchive"
    return _kept(request, conversation, said, undo)


@require_POST
@person_required
def move(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it into one of the person's folders, a new one, or none."""
    conversation = views.own_conversation(request.user, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _refused(request, conversation, form.problem())
    name = form.cleaned_data["new"]
    folder = _folder(request.user, form.cleaned_data["folder"])
    if name:
        folder = Folder.objects.filter(owner=request.user, name=name).first()
        try:
            folder = folder or keeping.new_folder(request.user, name)
        except keeping.FolderRefused:
            return _refused(request, conversation, _too_many())
    keeping.move(conversation, folder)
    return _kept(request, conversation, _("It is moved."))


@require_POST
@person_required
def change_folder(request: PersonRequest, pk: int) -> HttpResponse:
    """Rename a folder, or remove it: what lay in it stays in the list."""
    folder = get_object_or_404(Folder, pk=pk, owner=request.user)
    if request.POST.get("remove") == "yes":
        folder.delete()
        messages.success(request, _("The folder is gone; its conversations stay."))
        return redirect("conversations:list")
    form = FolderForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem())
    else:
        try:
            keeping.rename_folder(folder, form.cleaned_data["name"])
        except keeping.FolderRefused:
            messages.error(request, _("You have another folder of that name."))
    return redirect(f"{reverse('conversations:list')}?folder={folder.pk}")


def _kept(
    request: PersonRequest, conversation: Conversation, said: str, undo: str = ""
) -> HttpResponse:
    """The row as it is now, or the conversation's page of this."""
    if request.htmx:
        thread = threads.one(conversation)
        page = {"thread": thread, "said": said, "undo": undo}
        return render(request, "conversations/_row.html", page)
    messages.success(request, said)
    return redirect("conversations:keep", conversation.pk)


def _refused(
    request: PersonRequest, conversation: Conversation, problem: str
) -> HttpResponse:
    messages.error(request, problem)
    return redirect("conversations:keep", conversation.pk)


def _folder(user: User, key: str) -> Folder | None:
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    return Folder.objects.filter(owner=user, pk=int(key)).first()


def _too_many() -> str:
    return _("You have as many folders as there can be. Remove one first.")
