"""Serves the pictures that people brought, each to its owner only."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters import picture
from chatapp.characters.models import Image

A_YEAR = "private, max-age=31536000, immutable"


@require_GET
@person_required
def image(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """One picture. Its row never changes, so a browser asks for it once."""
    found = get_object_or_404(Image, pk=pk, owner=request.user)
    return _served(bytes(found.data), found.mime)


@require_GET
@person_required
def small(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The same, square and small, for lists; made when it is asked for."""
    found = get_object_or_404(Image, pk=pk, owner=request.user)
    return _served(picture.small(bytes(found.data)), "image/webp")


def _served(data: bytes, mime: str) -> HttpResponse:
    response = HttpResponse(data, content_type=mime)
    response["Cache-Control"] = A_YEAR
    # What is opened by itself is a picture and nothing else, whatever it holds.
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
