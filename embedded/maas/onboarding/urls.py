"""The pages' paths below /billing/maas/."""

from __future__ import annotations

from django.urls import path

from embedded.maas.onboarding import pages

app_name = "onboarding"

urlpatterns = [
    path("pay/<str:session_id>", pages.checkout, name="checkout"),
    path("success", pages.success, name="success"),
    path("cancel", pages.cancel, name="cancel"),
]
