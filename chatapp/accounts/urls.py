"""Included at the site's root; allauth's own pages are under `/accounts/`."""

from __future__ import annotations

from django.urls import path

from chatapp.accounts import display_views, leaving_views, views, zone_views

app_name = "accounts"
urlpatterns = [
    path("guest/", views.guest, name="guest"),
    path("claim/", views.claim, name="claim"),
    path("display/", display_views.display, name="display"),
    path("display/reading/", display_views.save_reading, name="save_reading"),
    path("display/keys/", display_views.help_sheet, name="help_sheet"),
    path("display/keys/reset/", display_views.reset_keys, name="reset_keys"),
    path("display/keys/<slug:action>/", display_views.rebind, name="rebind"),
    path("time-zone/", zone_views.zone, name="zone"),
    path("account/delete/", leaving_views.leave, name="leave"),
]
