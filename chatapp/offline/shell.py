"""What a browser keeps of the site itself, to show a page when there is no network.

One page for everybody, with its styles and scripts, and nothing of any person. Its
version changes with any of these and with the language, so that a browser fetches all
of it anew or nothing.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

STYLES = tuple(
    f"css/{name}.css"
    for name in (
        *("tokens", "accents", "base", "icons", "layout", "gallery"),
        *("prose", "offline"),
    )
)
SCRIPTS = ("js/theme.js", "js/owner.js", "js/offline.js")
FILES = (*STYLES, *SCRIPTS, "favicon.svg")
MARK = "?offline"
"""Behind an address: the service worker answers these from the shell, and no others."""


def page() -> str:
    """The page that stands in for any other while there is no network."""
    told = {
        "styles": [address(name) for name in STYLES],
        "theme": address("js/theme.js"),
        "owner": address("js/owner.js"),
        "script": address("js/offline.js"),
        "icon": address("favicon.svg"),
    }
    return render_to_string("offline/page.html", told)


def worker() -> str:
    """The service worker's script in the language that is active."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return _worker.__wrapped__(language) if settings.DEBUG else _worker(language)


def address(name: str) -> str:
    """Where the shell has this file."""
    return f"{static(name)}{MARK}"


@cache
def _worker(language: str) -> str:
    with translation.override(language):
        return render_to_string(
            "offline/sw.js",
            {
                "version": _version(),
                "page": json.dumps(reverse("offline:page")),
                "files": json.dumps([address(name) for name in FILES]),
                "mark": json.dumps(MARK),
            },
        )


def _version() -> str:
    known = hashlib.sha256(page().encode())
    for name in FILES:
        found = finders.find(name)
        assert isinstance(found, str), f"{name} is no static file"
        known.update(Path(found).read_bytes())
    return known.hexdigest()[:12]
