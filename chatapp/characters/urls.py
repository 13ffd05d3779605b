"""Addresses of characters; starting a conversation is `conversations`' (chatapp.urls)."""

from __future__ import annotations

from django.urls import path

from chatapp.characters import image_views

urlpatterns = [
    path("images/<uuid:pk>/", image_views.image, name="image"),
]
