"""One call as the inspector shows it: bodies in colours, and the copies to paste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import JsonLexer

from chatapp.memories.copying import (
    as_curl,
    as_javascript,
    as_python,
    pretty,
    request_of,
    variables,
)
from chatapp.memories.models import TurnCall

COLOURED_CHARS = 40_000
"""A longer body is shown without colours."""
_FORMATTER = HtmlFormatter(nowrap=True)


@dataclass(frozen=True)
class BodyShown:
    """A body as HTML. `size` is of the whole, in bytes; `cut` says that this is less."""

    html: SafeString
    size: int
    cut: bool


@dataclass(frozen=True)
class Copy:
    """One form to paste; `name` is the word on the button."""

    name: str
    text: str


@dataclass(frozen=True)
class CallShown:
    """A call with its bodies. `variables` have to be set before a copy runs.

    `copies` is empty where it can not be repeated, and `why_not` says why.
    """

    id: int
    method: str
    url: str
    status: int | None
    error: str
    ms: float
    first_ms: float | None
    attempt: int
    request: BodyShown
    response: BodyShown
    copies: Sequence[Copy]
    variables: Sequence[str]
    why_not: str


def call_shown(call: TurnCall, site: str) -> CallShown:
    """The call; `site` is this site's own address."""
    request = request_of(call, site)
    copies = (
        (
            Copy("curl", as_curl(request)),
            Copy("Python", as_python(request)),
            Copy("JavaScript", as_javascript(request)),
        )
        if request
        else ()
    )
    return CallShown(
        id=call.pk,
        method=call.method,
        url=request.url if request else call.url,
        status=call.status,
        error=call.error,
        ms=call.ms,
        first_ms=call.first_ms,
        attempt=call.attempt,
        request=_body(call.request, call.request_size),
        response=_body(call.response, call.response_size),
        copies=copies,
        variables=variables(request) if request else (),
        why_not="" if request else _why_not(call),
    )


def _why_not(call: TurnCall) -> str:
    if call.request_size and not call.request:
        return gettext(
            "What was sent is not kept any more: a memory in it was removed."
        )
    if call.request_size > len(call.request.encode()):
        return gettext(
            "What was sent was too long to be kept whole, so it can not be copied."
        )
    return gettext(
        "The scripted model runs inside the site: there is no address to call."
    )


def _body(text: str, size: int) -> BodyShown:
    shown = pretty(text)
    if shown[:1] in "{[" and len(shown) <= COLOURED_CHARS:
        html = mark_safe(highlight(shown, JsonLexer(), _FORMATTER))
    else:
        html = escape(shown)
    return BodyShown(html, size, len(text.encode()) < size)
