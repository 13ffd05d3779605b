"""Full buckets for every order's test."""

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
