"""Included at the site's root; allauth's own pages are under `/accounts/`."""

from __future__ import annotations

from django.urls import path

from chatapp.accounts import views

app_name = "accounts"
urlpatterns = [
    path("guest/", views.guest, name="guest"),
    path("claim/", views.claim, name="claim"),
]
