"""Addresses of personas, below `/personas/`."""

from __future__ import annotations

from django.urls import path

from chatapp.characters import persona_views as views

app_name = "personas"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.edit, name="edit"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("<uuid:pk>/undelete/", views.undelete, name="undelete"),
]
