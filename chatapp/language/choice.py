"""In which language a person's pages are: the account says it, else a cookie, else the browser.

The choice of a guest or an account is a column of its row, so that it comes along to
other devices; the cookie has it for whoever is not signed in.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request

from chatapp.accounts.models import User

CODES = frozenset(code for code, _ in settings.LANGUAGES)
A_YEAR_S = 365 * 86_400


def known(code: object) -> str:
    """The code of a language the pages have, "" for anything else."""
    return code if isinstance(code, str) and code in CODES else ""


def language_of(request: HttpRequest) -> str:
    """The language of this request's answer.

    Nobody's row is asked for without a session, so that requests which have none
    (health checks, the API) cost nothing.
    """
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    chosen = language_of_person(request.user) if has_session else ""
    return chosen or get_language_from_request(request)


def language_of_person(user: User | AnonymousUser | None) -> str:
    """What the account says, "" when it says nothing."""
    return known(user.language) if isinstance(user, User) else ""


def language_of_socket(user: object, cookies: Mapping[str, str]) -> str:
    """The same for a socket, until its page says in which language it is itself."""
    person = user if isinstance(user, User) else None
    chosen = language_of_person(person) or cookies.get(settings.LANGUAGE_COOKIE_NAME)
    return known(chosen) or settings.LANGUAGE_CODE


def choose(request: HttpRequest, response: HttpResponse, code: str) -> None:
    """Keep the choice: in the account of whoever is signed in, and in a cookie."""
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=code)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR_S,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
