"""Requests of signed-in people: the first line of every view that has an owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from chatapp.accounts.models import User


class SiteRequest(HttpRequest):
    """A request of anybody, with htmx's details."""

    user: User | AnonymousUser
    htmx: HtmxDetails


class PersonRequest(SiteRequest):
    """A request behind `person_required`."""

    user: User


def person_required(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let only signed-in people in; htmx navigates the whole page to the sign-in."""

    @wraps(view)
    def guarded(request: SiteRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.htmx:
            return HttpResponseClientRedirect(sign_in)
        return redirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")

    return guarded
