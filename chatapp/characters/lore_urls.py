"""Addresses of lorebooks, below `/lorebooks/`."""

from __future__ import annotations

from django.urls import path

from chatapp.characters import lore_views as views

app_name = "lorebooks"
urlpatterns = [
    path("", views.books, name="shelf"),
    path("mine/<int:key>/switch/", views.switch, name="switch"),
    path("mine/<int:key>/delete/", views.delete, name="delete"),
    path("<slug:kind>/<slug:key>/", views.book, name="book"),
    path("<slug:kind>/<slug:key>/try/", views.try_out, name="try"),
    path("<slug:kind>/<slug:key>/lorebook.json", views.export, name="export"),
    path("<slug:kind>/<slug:key>/entries/new/", views.entry, name="new_entry"),
    path("<slug:kind>/<slug:key>/entries/<int:number>/", views.entry, name="entry"),
    path(
        "<slug:kind>/<slug:key>/entries/<int:number>/delete/",
        views.delete_entry,
        name="delete_entry",
    ),
]
