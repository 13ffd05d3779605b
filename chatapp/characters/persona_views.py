"""The pages on which people write down whom they play."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import personas
from chatapp.characters.cropping import chosen
from chatapp.characters.models import Persona
from chatapp.characters.persona_forms import PersonaForm

require_form = require_http_methods(["GET", "POST"])


@require_GET
@never_cache
@person_required
def list_page(request: PersonRequest) -> HttpResponse:
    """All personas of this person, and those that can still be brought back."""
    page = {
        "personas": personas.personas_of(request.user),
        "deleted": personas.deleted_lately(request.user),
    }
    return render(request, "characters/personas.html", page)


@require_form
@never_cache
@person_required
def new(request: PersonRequest) -> HttpResponse:
    """Write a new one."""
    form = PersonaForm(request.POST or None, initial={"is_role": True})
    image, problem = chosen(request, None)
    if request.method == "POST" and form.is_valid() and not problem:
        given = form.cleaned_data
        try:
            personas.create(
                request.user,
                name=given["name"],
                description=given["description"],
                is_role=given["is_role"],
                is_default=given["is_default"],
                image=image,
            )
        except personas.TooMany:
            form.add_error(None, too_many())
        else:
            return redirect("personas:list")
    return _form_page(request, form, None, problem=problem)


@require_form
@never_cache
@person_required
def edit(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Change one; what another tab saved meanwhile is shown beside, not replaced."""
    persona = get_object_or_404(personas.personas_of(request.user), pk=pk)
    if request.method != "POST":
        return _form_page(request, PersonaForm(initial=_values(persona)), persona)
    form = PersonaForm(request.POST)
    image, problem = chosen(request, persona.image)
    if not form.is_valid() or problem:
        return _form_page(request, form, persona, problem=problem)
    given = form.cleaned_data
    try:
        personas.save(
            request.user,
            pk,
            number=given["number"] or 0,
            name=given["name"],
            description=given["description"],
            is_default=given["is_default"],
            image=image,
        )
    except personas.Changed as exc:
        # The next press of Save replaces it on purpose: the page shows both.
        newer = request.POST.copy()
        newer["number"] = str(exc.theirs.number)
        return _form_page(request, PersonaForm(newer), exc.theirs, changed=True)
    return redirect("personas:list")


@require_POST
@person_required
def delete(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Take one off the list."""
    get_object_or_404(Persona, pk=pk, owner=request.user)
    personas.delete(request.user, pk)
    return redirect("personas:list")


@require_POST
@person_required
def undelete(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring it back."""
    get_object_or_404(Persona, pk=pk, owner=request.user)
    personas.undelete(request.user, pk)
    return redirect("personas:list")


def too_many() -> str:
    """Why no further persona can be written."""
    return _("There are %(most)s personas, and no more can be kept. Delete one.") % {
        "most": personas.MOST
    }


def _values(persona: Persona) -> dict[str, Any]:
    names = ("name", "description", "is_role", "is_default", "number")
    return {name: getattr(persona, name) for name in names}


def _form_page(
    request: PersonRequest,
    form: PersonaForm,
    persona: Persona | None,
    *,
    changed: bool = False,
    problem: str = "",
) -> HttpResponse:
    status = 409 if changed else 422 if form.is_bound else 200
    page = {
        "form": form,
        "persona": persona,
        "changed": changed,
        "portrait": persona.portrait if persona else "",
        "picture_problem": problem,
        "can_remove": persona is not None and persona.image_id is not None,
    }
    return render(request, "characters/persona.html", page, status=status)
