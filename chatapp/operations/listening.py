"""The site's listening socket, opened before anything else is started.

The supervisor holds it, so that a taken port is noticed at once, and so that visitors
only wait a moment, and are not refused, while the web server is started again.
"""

from __future__ import annotations

import errno
import socket

BACKLOG = 2048


class CannotListen(Exception):
    """The address cannot be used; the text says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host`:`port`. Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as exc:
        msg = f"HOST={host} is no address of this machine. Leave it out for 127.0.0.1."
        raise CannotListen(msg) from exc
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as exc:
        opened.close()
        raise CannotListen(_reason(exc, host, port)) from exc
    return opened


def address(host: str, port: int) -> str:
    """What to type into a browser on this machine to reach `host`:`port`."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    if ":" in name and not name.startswith("["):
        name = f"[{name}]"
    return f"http://{name}:{port}"


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program. Stop that one, or use "
            f"another port: PORT={port + 1} make demo"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for root. Use one from 1024 up, such as 8000."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} is no address of this machine. Leave it out for 127.0.0.1."
    return f"Cannot listen on {host}, port {port}: {error.strerror}"
