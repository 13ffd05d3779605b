"""Addresses of the practice card, below those of the tutor."""

from __future__ import annotations

from django.urls import path

from tutor.lessons import views

urlpatterns = [
    path("<uuid:pk>/card/", views.card, name="card"),
    path("<uuid:pk>/begin/", views.begin, name="begin"),
    path("<uuid:pk>/next/", views.go_on, name="next"),
    path("<uuid:pk>/answer/", views.answer, name="answer"),
    path("<uuid:pk>/say/", views.say, name="say"),
    path("<uuid:pk>/hint/", views.hint, name="hint"),
    path("<uuid:pk>/aside/", views.set_aside, name="aside"),
    path("<uuid:pk>/end/", views.end, name="end"),
]
