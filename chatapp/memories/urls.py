"""Addresses of the memory pages."""

from __future__ import annotations

from django.urls import path

from chatapp.memories import views

app_name = "memories"
urlpatterns = [
    path("turns/<uuid:pk>/", views.turn, name="turn"),
]
