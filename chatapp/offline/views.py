"""The addresses that a browser asks for by itself, and the page without a network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chatapp.offline import shell

PAPER = "#fbf9f5"
"""The light scheme's; in the dark one the page's own `theme-color` counts."""


@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What the site is called and looks like as an installed application."""
    return JsonResponse(
        {
            "id": "/",
            "name": "Anchorage",
            "short_name": "Anchorage",
            "description": _(
                "Character chat and tutoring that remember, and show what they"
                " remembered."
            ),
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                _icon("icon-192.png", 192, "any"),
                _icon("icon-512.png", 512, "any"),
                _icon("maskable-192.png", 192, "maskable"),
                _icon("maskable-512.png", 512, "maskable"),
            ],
            "shortcuts": [
                {"name": _("Characters"), "url": reverse("characters:gallery")},
                {"name": _("Learn"), "url": reverse("tutor:courses")},
                {"name": _("Conversations"), "url": reverse("conversations:list")},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; at the root, since that is what it may look after."""
    return HttpResponse(shell.worker(), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def page(request: HttpRequest) -> HttpResponse:
    """The copies that this browser keeps, for reading; the same page for everybody."""
    return HttpResponse(shell.page())


@require_safe
@cache_control(max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """For what asks at the root without reading a page."""
    return redirect(static("icons/favicon.ico"))


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    return {
        "src": static(f"icons/{name}"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }
