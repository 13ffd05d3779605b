"""Two tenants of the memory service, served in process.

What needs Django's models is imported where it is used: this file may be read before
Django is set up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from channels.db import database_sync_to_async

from tests.embedded.maas.caller import Caller


@pytest.fixture(name="http")
async def _http() -> AsyncIterator[httpx.AsyncClient]:
    from embedded.maas.access import BUCKETS
    from embedded.maas.asgi import application
    from embedded.maas.index_cache import CACHE

    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://maas") as http:
        yield http
    BUCKETS.clear()
    CACHE.clear()


async def _caller(http: httpx.AsyncClient, workspace: str) -> Caller:
    from embedded.maas.provision import issue

    make = database_sync_to_async(issue)
    key = await make(workspace, service_source="enterprise-tutor")
    return Caller(http, key, workspace)


@pytest.fixture(name="acme")
async def _acme(transactional_db: None, http: httpx.AsyncClient) -> Caller:
    """A tenant with one workspace."""
    return await _caller(http, "acme-prod")


@pytest.fixture(name="globex")
async def _globex(transactional_db: None, http: httpx.AsyncClient) -> Caller:
    """Another tenant: must never see anything of acme's."""
    return await _caller(http, "globex-prod")


@pytest.fixture(autouse=True)
def _no_tenants(request: pytest.FixtureRequest) -> None:
    """The site's own may be there already, made by an earlier test that committed."""
    from embedded.maas.models import Tenant

    named = {"db", "transactional_db"} & set(request.fixturenames)
    if named or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        Tenant.objects.all().delete()
