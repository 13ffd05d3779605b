"""The pages on which people write characters, and look at earlier versions of them."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import authored
from chatapp.characters.changes import changed, changes
from chatapp.characters.cropping import chosen
from chatapp.characters.editor_form import CharacterForm, card_of, initial
from chatapp.characters.kept import CharacterVersion
from chatapp.characters.models import Character
from chatapp.characters.visible import own

require_form = require_http_methods(["GET", "POST"])


@require_form
@never_cache
@person_required
def new(request: PersonRequest) -> HttpResponse:
    """Write a character from nothing."""
    if request.method != "POST":
        first = initial(authored.EMPTY) | {"key": uuid.uuid4(), "number": 0}
        return _form_page(request, CharacterForm(initial=first), None)
    form = CharacterForm(request.POST)
    image, problem = chosen(request, None)
    if not form.is_valid() or problem:
        return _form_page(request, form, None, picture_problem=problem)
    card = card_of(form.cleaned_data, authored.EMPTY)
    key = form.cleaned_data["key"] or uuid.uuid4()
    character = authored.create(request.user, card, image, key)
    return redirect("characters:edit", character.slug)


@require_form
@never_cache
@person_required
def edit(request: PersonRequest, slug: str) -> HttpResponse:
    """Change one's own; what another tab saved meanwhile is shown, not replaced."""
    character = get_object_or_404(own(request.user), slug=slug)
    number = authored.number_of(character)
    if request.method != "POST":
        shown = {"tagline": character.tagline, "hue": character.hue}
        first = initial(character.card) | shown | {"number": number}
        return _form_page(request, CharacterForm(initial=first), character)
    form = CharacterForm(request.POST)
    image, problem = chosen(request, character.image)
    if not form.is_valid() or problem:
        return _form_page(request, form, character, picture_problem=problem)
    card = card_of(form.cleaned_data, character.card)
    try:
        authored.save(
            request.user,
            slug,
            card,
            image,
            number=form.cleaned_data["number"] or 0,
        )
    except authored.Changed as exc:
        # The next press of Save replaces it on purpose: the page shows both.
        newer = request.POST.copy()
        newer["number"] = str(exc.number)
        theirs = changes(card, exc.theirs.card)
        form = CharacterForm(newer)
        return _form_page(request, form, exc.theirs, theirs=theirs)
    except Character.DoesNotExist as exc:
        raise Http404 from exc
    return redirect("characters:edit", slug)


@require_GET
@never_cache
@person_required
def versions_page(request: PersonRequest, slug: str) -> HttpResponse:
    """Every version, newest first, with what each changed."""
    character = get_object_or_404(own(request.user), slug=slug)
    rows = list(character.versions.all()[: authored.SHOWN_VERSIONS + 1])
    listed = [
        {"row": row, "changed": changed(before.card, row.card)}
        for row, before in pairwise(rows)
    ]
    if rows and rows[-1].number == 1:
        listed.append({"row": rows[-1], "changed": []})
    page = {"character": character, "versions": listed}
    return render(request, "characters/versions.html", page)


@require_GET
@never_cache
@person_required
def version_page(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """What stands differently now than it did in that version."""
    character = get_object_or_404(own(request.user), slug=slug)
    version = get_object_or_404(character.versions, number=number)
    page = {
        "character": character,
        "version": version,
        "newest": authored.number_of(character),
        "changes": changes(version.card, character.card),
        "other_image": version.image_id != character.image_id,
    }
    return render(request, "characters/version.html", page)


@require_POST
@person_required
def restore(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Make that version the newest one."""
    try:
        authored.restore(request.user, slug, number)
    except (Character.DoesNotExist, CharacterVersion.DoesNotExist) as exc:
        raise Http404 from exc
    return redirect("characters:edit", slug)


def _form_page(
    request: PersonRequest,
    form: CharacterForm,
    character: Character | None,
    **more: Any,
) -> HttpResponse:
    status = 409 if more.get("theirs") is not None else 422 if form.is_bound else 200
    page = {
        "form": form,
        "character": character,
        "theirs": None,
        "portrait": character.portrait if character else "",
        "picture_problem": "",
        "can_remove": character is not None and character.image_id is not None,
    } | more
    return render(request, "characters/editor.html", page, status=status)
