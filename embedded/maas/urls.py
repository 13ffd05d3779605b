"""The memory API's paths, from the site's root; served while MAAS_BASE_URL is unset."""

from __future__ import annotations

from django.urls import path, re_path

from embedded.maas import api

app_name = "maas"

urlpatterns = [
    path("api/v1/billing/maas/checkout-session", api.create_checkout_session),
    path("v1/openapi.json", api.openapi),
    path("v1/anchors", api.create_anchor),
    path("v1/atoms", api.store_atom),
    path("v1/atoms/<str:atom_id>", api.delete_atom),
    path("v1/recall", api.recall_anchor),
    path("v1/feedback", api.give_feedback),
    path("v1/memory/ingest", api.ingest_memory),
    path("v1/memory/recall", api.recall_memory),
    path("v1/memory/hydrate", api.hydrate_memory),
    re_path(r"^(?:api/)?v1/", api.unknown_path),
]
