"""In which colours a person sees their conversations with a character."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import theming
from chatapp.characters.models import Character
from chatapp.characters.themes import Theme, theme_of
from chatapp.conversations import views

AUTHORS = "author"
"""What the form says for: as the character brings it."""


@dataclass(frozen=True)
class Offered:
    """One choice of the form, and the theme that it shows."""

    value: str
    label: str | Promise
    theme: Theme
    is_chosen: bool


def offered(user: User, character: Character) -> list[Offered]:
    """The choices for this character: what it brings, then every other theme."""
    chosen = theming.chosen(user, character)
    brought = theme_of(character.theme)
    label = _("As %(name)s brings it") % {"name": character.name}
    return [
        Offered(AUTHORS, label, brought, chosen in {None, brought}),
        *(
            Offered(theme.value, theme.label, theme, theme == chosen)
            for theme in Theme
            if theme != brought
        ),
    ]


@require_POST
@person_required
def choose_theme(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """See this character so from now on, in all conversations with it."""
    conversation = views.own_conversation(request.user, pk)
    name = request.POST.get("theme", "")
    if name != AUTHORS and name not in Theme.values:
        messages.error(request, _("Choose one of the colours."))
    else:
        theme = None if name == AUTHORS else theme_of(name)
        theming.choose(request.user, conversation.character, theme)
        messages.success(request, _("The colours are saved."))
    return redirect("conversations:keep", conversation.pk)
