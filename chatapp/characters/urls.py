"""Addresses of characters; starting a conversation is `conversations`' (chatapp.urls)."""

from __future__ import annotations

from django.urls import path, re_path

from chatapp.characters import card_views, editor_views, gallery_views, image_views

urlpatterns = [
    path("", gallery_views.gallery_page, name="gallery"),
    path("new/", editor_views.new, name="new"),
    path("import/", card_views.bring_page, name="import"),
    path("images/<uuid:pk>/", image_views.image, name="image"),
    path("images/<uuid:pk>/small/", image_views.small, name="image_small"),
    path("<slug:slug>/edit/", editor_views.edit, name="edit"),
    path("<slug:slug>/versions/", editor_views.versions_page, name="versions"),
    path(
        "<slug:slug>/versions/<int:number>/", editor_views.version_page, name="version"
    ),
    path(
        "<slug:slug>/versions/<int:number>/restore/",
        editor_views.restore,
        name="restore",
    ),
    path("<slug:slug>/favourite/", gallery_views.favour, name="favour"),
    path("<slug:slug>/duplicate/", gallery_views.duplicate, name="duplicate"),
    path("<slug:slug>/delete/", gallery_views.delete, name="delete"),
    path("<slug:slug>/undelete/", gallery_views.undelete, name="undelete"),
    path("<slug:slug>/preview/", card_views.preview, name="preview"),
    re_path(
        r"^(?P<slug>[-\w]+)/export\.(?P<kind>png|json|charx)$",
        card_views.export,
        name="export",
    ),
]
