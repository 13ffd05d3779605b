"""The pages of lorebooks: the shelf, a book with its tester, an entry.

Every book is looked up among the person's own: anybody else's does not exist for them.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters.lore import shelf
from chatapp.characters.lore.book import MOST_ENTRIES, read_entry
from chatapp.characters.lore.forms import (
    NEW_ENTRY,
    BookForm,
    EntryForm,
    NewBookForm,
    TryForm,
)
from chatapp.characters.lore.shelf import Shelved
from chatapp.characters.lore.trying import tried
from chatapp.characters.models import Lorebook
from chatapp.characters.visible import own

LISTED = 200
MOST_SHOWN = 100
require_form = require_http_methods(["GET", "POST"])


@require_form
@never_cache
@person_required
def books(request: PersonRequest) -> HttpResponse:
    """Everything on the shelf, and a new book."""
    form = NewBookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = shelf.create(request.user, form.cleaned_data["name"])
        except shelf.TooMany:
            form.add_error(None, _("There are as many lorebooks as can be kept."))
        else:
            return redirect("lorebooks:book", "mine", row.pk)
    page = {
        "form": form,
        "books": shelf.listed(request.user),
        "characters": own(request.user)
        .filter(card__has_key="character_book")
        .defer("card", "envelope")
        .order_by("name")[:MOST_SHOWN],
    }
    status = 422 if form.is_bound else 200
    return render(request, "lorebooks/shelf.html", page, status=status)


@require_form
@never_cache
@person_required
def book(request: PersonRequest, kind: str, key: str) -> HttpResponse:
    """One book: its settings, its entries, and a text to try it with."""
    found = _own(request, kind, key)
    if request.method != "POST":
        form = BookForm(initial=BookForm.initial_of(found.data, found.name))
        form.initial["stamp"] = found.stamp
        return _book_page(request, found, form)
    form = BookForm(request.POST)
    if form.is_valid():
        read = _as_read(found, form.cleaned_data["stamp"])
        if _saved(request, read, form.taken(found.data), form.cleaned_data["name"]):
            return redirect("lorebooks:book", kind, key)
        return _book_page(request, found, _again(BookForm, request, found), 409)
    return _book_page(request, found, form, 422)


@require_form
@never_cache
@person_required
def entry(
    request: PersonRequest, kind: str, key: str, number: int | None = None
) -> HttpResponse:
    """Write one entry, or (without a number) a new one."""
    found = _own(request, kind, key)
    entries = found.entries
    if number is not None and number >= len(entries):
        raise Http404
    before = NEW_ENTRY if number is None else entries[number]
    if request.method != "POST":
        form = EntryForm(initial=EntryForm.initial_of(before))
        form.initial["stamp"] = found.stamp
        return _entry_page(request, found, number, form)
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, found, number, form, 422)
    if number is None and len(entries) >= MOST_ENTRIES:
        form.add_error(None, _("A lorebook has up to 2,000 entries."))
        return _entry_page(request, found, number, form, 422)
    if number is None:
        entries.append(form.taken(before))
    else:
        entries[number] = form.taken(before)
    data = found.data | {"entries": entries}
    if shelf.is_too_large(data):
        form.add_error(None, _("With this entry the lorebook would be too large."))
        return _entry_page(request, found, number, form, 422)
    read = _as_read(found, form.cleaned_data["stamp"])
    if _saved(request, read, data):
        return redirect("lorebooks:book", kind, key)
    return _entry_page(request, found, number, _again(EntryForm, request, found), 409)


@require_POST
@person_required
def delete_entry(
    request: PersonRequest, kind: str, key: str, number: int
) -> HttpResponse:
    """Take one entry out of its book; out of one without versions when they are sure."""
    found = _own(request, kind, key)
    entries = found.entries
    if number >= len(entries):
        raise Http404
    if found.character is None and request.POST.get("sure") != "yes":
        return redirect("lorebooks:entry", kind, key, number)
    del entries[number]
    read = _as_read(found, request.POST.get("stamp", ""))
    if not _saved(request, read, found.data | {"entries": entries}):
        messages.error(request, changed())
    return redirect("lorebooks:book", kind, key)


@require_POST
@person_required
def switch(request: PersonRequest, key: int) -> HttpResponse:
    """Read one of the person's own books in every conversation, or in none."""
    try:
        done = shelf.switch(request.user, key, on=request.POST.get("on") == "yes")
    except Lorebook.DoesNotExist as exc:
        raise Http404 from exc
    if not done:
        most = {"most": shelf.MOST_ON}
        told = _("Up to %(most)s lorebooks can be on at once. Switch one off first.")
        messages.error(request, told % most)
    return redirect("lorebooks:shelf")


@require_POST
@person_required
def delete(request: PersonRequest, key: int) -> HttpResponse:
    """Remove one of the person's own books, when they are sure."""
    row = Lorebook.objects.filter(owner=request.user, pk=key).first()
    if row is None:
        raise Http404
    if request.POST.get("sure") == "yes":
        row.delete()
    return redirect("lorebooks:shelf")


@require_GET
@person_required
def export(request: PersonRequest, kind: str, key: str) -> HttpResponse:
    """The book as a file of its own, as card format V3 has it."""
    found = _own(request, kind, key)
    answer = JsonResponse(
        {"spec": "lorebook_v3", "data": {"name": found.name} | found.data},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer["Content-Disposition"] = f'attachment; filename="lorebook-{key}.json"'
    return answer


@require_POST
@never_cache
@person_required
def try_out(request: PersonRequest, kind: str, key: str) -> HttpResponse:
    """Which entries would come in for this text, and why each one does or not."""
    found = _own(request, kind, key)
    form = TryForm(request.POST)
    page: dict[str, Any] = {"book": found, "form": form}
    if form.is_valid():
        page |= tried(found, form.cleaned_data["text"])
    if request.htmx:
        return render(request, "lorebooks/_tried.html", page)
    return render(request, "lorebooks/tried.html", page)


def changed() -> str:
    """Why something was not saved."""
    return _("Not saved: this lorebook was changed meanwhile, perhaps in another tab.")


def _own(request: PersonRequest, kind: str, key: str) -> Shelved:
    found = shelf.find(request.user, kind, key)
    if found is None:
        raise Http404
    return found


def _as_read(found: Shelved, stamp: str) -> Shelved:
    """The book as the form had it: only that one may be written over."""
    return Shelved(
        found.kind, found.key, found.name, found.data, stamp, found.character
    )


def _saved(
    request: PersonRequest, book: Shelved, data: dict[str, Any], name: str = ""
) -> bool:
    try:
        shelf.save(request.user, book, data, name)
    except (shelf.Changed, ValueError):
        return False
    messages.success(request, _("Saved."))
    return True


def _again(
    form: type[BookForm | EntryForm], request: PersonRequest, found: Shelved
) -> BookForm | EntryForm:
    """The form as it was sent: the next press of Save writes over what is newer."""
    newer = request.POST.copy()
    newer["stamp"] = found.stamp
    return form(newer)


def _book_page(
    request: PersonRequest,
    found: Shelved,
    form: BookForm | EntryForm,
    status: int = 200,
) -> HttpResponse:
    query = " ".join(request.GET.get("q", "")[:100].split()).casefold()
    read = [read_entry(data, n) for n, data in enumerate(found.entries)]
    shown = [
        each
        for each in read
        if query in f"{each.name} {' '.join(each.keys)} {each.content}".casefold()
    ]
    page = {
        "book": found,
        "form": form,
        "entries": shown[:LISTED],
        "more": max(0, len(shown) - LISTED),
        "total": len(read),
        "query": query,
        "is_changed": status == 409,
        "try_form": TryForm(),
    }
    return render(request, "lorebooks/book.html", page, status=status)


def _entry_page(
    request: PersonRequest,
    found: Shelved,
    number: int | None,
    form: BookForm | EntryForm,
    status: int = 200,
) -> HttpResponse:
    page = {"book": found, "number": number, "form": form, "is_changed": status == 409}
    return render(request, "lorebooks/entry.html", page, status=status)
