"""Every address of the site."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from chatapp.characters import urls as character_urls
from chatapp.conversations import home
from chatapp.conversations import views as conversations
from chatapp.language import views as language

characters = [
    path("<slug:slug>/start/", conversations.start, name="start"),
    *character_urls.urlpatterns,
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("language/", language.switch, name="language"),
    path("", include("chatapp.operations.urls")),
    path("", include("chatapp.offline.urls")),
    path("", include("chatapp.accounts.urls")),
    path("", include("chatapp.conversations.urls")),
    path("", include("chatapp.memories.urls")),
    path("characters/", include((characters, "characters"))),
    path("personas/", include("chatapp.characters.persona_urls")),
    path("lorebooks/", include("chatapp.characters.lore_urls")),
    path("learn/", include("tutor.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if settings.EMBEDDED_MAAS:
    urlpatterns += [
        path("billing/maas/", include("embedded.maas.onboarding.urls")),
        path("", include("embedded.maas.urls")),
    ]
