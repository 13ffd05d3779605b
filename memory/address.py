"""The settings of a connection, checked before the first call. Never quoted: keys.

A bad key would otherwise surface inside some exception of the HTTP library, in full.
"""

from __future__ import annotations

from urllib.parse import urlsplit


def service_root(base_url: str) -> str:
    """`base_url` without its trailing `/v1`; ValueError if it is no http(s) URL."""
    base_url = base_url.strip()
    try:
        url = urlsplit(base_url)
        host, _ = url.hostname, url.port
    except ValueError as exc:
        raise ValueError("the base URL is not a URL") from exc
    if url.scheme not in ("http", "https") or not host or not base_url.isprintable():
        raise ValueError("the base URL must begin with http(s)://host")
    if "@" in url.netloc or url.query or url.fragment or " " in base_url:
        raise ValueError("the base URL is more than http(s)://host/path")
    return base_url.rstrip("/").removesuffix("/v1").rstrip("/")


def header_value(what: str, value: str) -> str:
    """`value`, stripped, if a header can carry it; ValueError otherwise."""
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable():
        raise ValueError(f"the {what} must be printable ASCII, and not empty")
    return value
