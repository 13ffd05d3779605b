"""Addresses of the tutor."""

from __future__ import annotations

from django.urls import include, path

from tutor import views

app_name = "tutor"
urlpatterns = [
    path("", views.courses, name="courses"),
    path("lessons/", include("tutor.lessons.urls")),
    path("<slug:slug>/start/", views.start, name="start"),
]
