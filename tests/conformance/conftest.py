"""The same cases at every target; the hosted one only when an address and a key are
given (`make conformance`)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_socket import socket_allow_hosts

from tests.conformance.target import (
    HOSTED_KEY,
    HOSTED_URL,
    WORKSPACES,
    Target,
    hosted,
    hosted_host,
    in_process,
    over_http,
)

if TYPE_CHECKING:
    from tests.harness.site import Site

IN_PROCESS = pytest.param("in process", marks=pytest.mark.django_db(transaction=True))
OVER_HTTP = pytest.param(
    "over HTTP",
    # With the scenarios that use the same site, so that it is started once.
    marks=[pytest.mark.processes, pytest.mark.xdist_group("scenarios-everyday")],
)
TARGETS = [IN_PROCESS, OVER_HTTP]
if HOSTED_URL and HOSTED_KEY:
    TARGETS.append(pytest.param("hosted"))


@pytest.fixture(params=TARGETS, name="where")
def _where(request: pytest.FixtureRequest) -> Iterator[str]:
    """Makes ready what a target needs besides its client."""
    where: str = request.param
    if where == "hosted":
        socket_allow_hosts([hosted_host()])
    yield where
    if where == "in process":
        from embedded.maas.access import BUCKETS
        from embedded.maas.index_cache import CACHE
        from embedded.maas.onboarding.checkout import ORDERS

        for kept in (BUCKETS, CACHE, ORDERS):
            kept.clear()


@pytest.fixture(scope="session")
def site_key(site: Site) -> str:
    """A key of the site's embedded service for all the documentation's workspaces."""
    told = site.manage("maas_key", *WORKSPACES, "--tenant", "conformance")
    found = re.search(r"mk_maas_\S+", told)
    assert found, told
    return found[0]


@pytest.fixture
async def target(where: str, request: pytest.FixtureRequest) -> AsyncIterator[Target]:
    """The service, ready to be asked."""
    if where == "in process":
        opened = in_process()
    elif where == "hosted":
        opened = hosted()
    else:
        site: Site = request.getfixturevalue("site")
        opened = over_http(site.url, request.getfixturevalue("site_key"))
    async with opened as ready:
        yield ready
