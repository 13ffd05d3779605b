"""Addresses of the memory pages."""

from __future__ import annotations

from django.urls import path, re_path

from chatapp.memories import atom_views, choice_views, page_views, views

app_name = "memories"
urlpatterns = [
    path("turns/<uuid:pk>/", views.turn, name="turn"),
    path("turns/calls/<int:pk>/", views.call, name="call"),
    path("memories/atoms/<uuid:pk>/", atom_views.atom, name="atom"),
    path("memories/atoms/<uuid:pk>/correct/", atom_views.correct, name="correct"),
    path("memories/atoms/<uuid:pk>/pin/", atom_views.pin, name="pin"),
    path("memories/atoms/<uuid:pk>/unpin/", atom_views.unpin, name="unpin"),
    path("memories/atoms/<uuid:pk>/forget/", atom_views.forget, name="forget"),
    path("memories/atoms/<uuid:pk>/undo/", atom_views.undo, name="undo"),
    path("memories/atoms/<uuid:pk>/again/", choice_views.again, name="again"),
    path("memories/sensitive/<slug:kind>/", choice_views.answer, name="answer"),
    path("memories/", page_views.mine, name="mine"),
    path("memories/share/", page_views.share, name="share"),
    re_path(
        r"^memories/export\.(?P<kind>json|md)$", page_views.download, name="export"
    ),
    path("memories/delete/", page_views.delete_all, name="delete_all"),
    path("memories/removed/", page_views.receipt, name="receipt"),
]
