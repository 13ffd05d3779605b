"""A conversation to take along, as a file of one's choice."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.conversations import export as exporting
from chatapp.conversations import views

KINDS = {
    "json": (exporting.as_json, "application/json"),
    "md": (exporting.as_markdown, "text/markdown"),
    "html": (exporting.as_html, "text/html"),
}
NAME_CHARS = 60


@require_GET
@never_cache
@person_required
def export(request: PersonRequest, pk: str, kind: str) -> HttpResponse:
    """The conversation with every version, as `kind`: md, json or html."""
    try:
        conversation = views.own_conversation(request.user, uuid.UUID(pk))
    except ValueError as exc:
        raise Http404 from exc
    write, media = KINDS[kind]
    told = exporting.whole(conversation)
    response = HttpResponse(write(told), content_type=f"{media}; charset=utf-8")
    name = slugify(told.title)[:NAME_CHARS].strip("-") or slugify(told.name)
    named = f"{name or 'conversation'}-{timezone.now():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{named}"'
    return response
