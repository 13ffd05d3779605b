"""The accounts' pages and nothing else, so that these tests need no other part."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    """Says who is there, as any page of the site does."""
    return HttpResponse(request.user.get_username() or "nobody")


def healthz(_request: HttpRequest) -> HttpResponse:
    """Looks at no session, as the real one does."""
    return HttpResponse("ok")


urlpatterns = [
    path("", home, name="home"),
    path("healthz/", healthz),
    path("admin/", admin.site.urls),
    path("", include("chatapp.accounts.urls")),
    path("accounts/", include("allauth.urls")),
]
