"""The operators' address."""

from __future__ import annotations

from django.urls import path

from chatapp.operations import views

app_name = "operations"
urlpatterns = [path("healthz", views.healthz, name="healthz")]
