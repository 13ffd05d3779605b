"""Which pages may open our sockets: only our own, compared whole.

A WebSocket handshake has no CSRF check, and browsers send cookies with it. Scheme,
host and port of the Origin must all be those of the site; anything else, also nothing
at all, is refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host

PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """ASGI middleware for sockets: refuses a foreign origin with 403."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let the connection through when its page is ours."""
        headers = dict(scope.get("headers", ()))
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        if allowed(origin, host, secure=scope.get("scheme") == "wss"):
            await self._application(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


def allowed(origin: str, host: str, *, secure: bool) -> bool:
    """Whether a page of `origin` may talk to us, reached as `host`."""
    page = place(origin)
    if page is None:
        return False
    if settings.PUBLIC_URL and page == place(settings.PUBLIC_URL):
        return True
    here = place(f"{'https' if secure else 'http'}://{host}")
    return page == here and known(page[1])


def place(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for whatever is not exactly that."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        return None
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


def known(host: str) -> bool:
    """Whether we answer to that name, as pages do; an IPv6 address has no brackets."""
    return validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS)
