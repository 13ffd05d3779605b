"""Addresses at the site's root, as browsers expect them."""

from __future__ import annotations

from django.urls import path

from chatapp.offline import views

app_name = "offline"
urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.page, name="page"),
    path("favicon.ico", views.favicon, name="favicon"),
]
