"""Addresses of conversations."""

from __future__ import annotations

from django.urls import path

from chatapp.conversations import views

app_name = "conversations"
urlpatterns = [
    path("c/<uuid:pk>/", views.open_page, name="open"),
    path("c/<uuid:pk>/send/", views.send, name="send"),
    path("c/<uuid:pk>/stop/", views.stop, name="stop"),
    path("c/<uuid:pk>/regenerate/", views.regenerate, name="regenerate"),
    path(
        "c/<uuid:pk>/m/<uuid:message>/continue/", views.continue_reply, name="continue"
    ),
    path("c/<uuid:pk>/memory/", views.memory, name="memory"),
]
