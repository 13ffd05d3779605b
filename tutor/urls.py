"""Addresses of the tutor."""

from __future__ import annotations

from django.urls import path

from tutor import views

app_name = "tutor"
urlpatterns = [
    path("", views.courses, name="courses"),
    path("<slug:slug>/start/", views.start, name="start"),
]
