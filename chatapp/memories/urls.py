"""Addresses of the memory pages."""

from __future__ import annotations

from django.urls import path

from chatapp.memories import atom_views, views

app_name = "memories"
urlpatterns = [
    path("turns/<uuid:pk>/", views.turn, name="turn"),
    path("memories/atoms/<uuid:pk>/", atom_views.atom, name="atom"),
    path("memories/atoms/<uuid:pk>/correct/", atom_views.correct, name="correct"),
    path("memories/atoms/<uuid:pk>/pin/", atom_views.pin, name="pin"),
    path("memories/atoms/<uuid:pk>/unpin/", atom_views.unpin, name="unpin"),
    path("memories/atoms/<uuid:pk>/forget/", atom_views.forget, name="forget"),
    path("memories/atoms/<uuid:pk>/undo/", atom_views.undo, name="undo"),
]
