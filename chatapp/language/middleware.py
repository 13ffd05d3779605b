"""Each answer in the language of whom it is for.

Django's LocaleMiddleware stands before the one that knows who is asking, and so cannot
ask the account. Operators' pages are not translated: they are always English.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from chatapp.language.choice import language_of

Handler = Callable[[HttpRequest], HttpResponse]
ENGLISH = ("/admin/", "/healthz")
"""Of operators and their machines; whose probes ask for no session, either."""


class LanguageMiddleware:
    """Sets the language for everything below; it ends with the request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_english = request.path_info.startswith(ENGLISH)
        code = settings.LANGUAGE_CODE if is_english else language_of(request)
        with override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ["Accept-Language"])
        return response
