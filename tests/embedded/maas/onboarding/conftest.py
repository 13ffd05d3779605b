"""Full buckets, and nobody who ordered before, for every order's test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _full_buckets() -> Iterator[None]:
    from embedded.maas.access import BUCKETS
    from embedded.maas.onboarding.checkout import ORDERS

    ORDERS.clear()
    BUCKETS.clear()
    yield
    ORDERS.clear()
    BUCKETS.clear()


@pytest.fixture(autouse=True)
def _no_tenants(request: pytest.FixtureRequest) -> None:
    """The site's own may be there already, made by an earlier test that committed."""
    from embedded.maas.models import Tenant

    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        Tenant.objects.all().delete()
