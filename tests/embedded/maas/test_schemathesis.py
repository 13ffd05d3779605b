"""The service does what its OpenAPI document says, also where nobody would look.

Short here; `make test-openapi EXAMPLES=500` tries for long. Two tenants are there all
the while: nothing that is sent with the key of one may touch the other's memories.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import get_client

from embedded.maas.asgi import application
from embedded.maas.openapi import document
from tests.embedded.maas.tenants import Tenants, two_tenants

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "4"))
CONFIG = {
    "generation": {
        "max-examples": EXAMPLES,
        # Documented as refused, which a schema of nested metadata cannot say.
        "allow-x00": False,
        "deterministic": EXAMPLES < 10,
        "with-security-parameters": False,
    },
    # A missing or wrong key is 400 here, as documented; the check wants 401.
    "checks": {"ignored_auth": {"enabled": False}},
}
load_all_checks()
schema = schemathesis.openapi.from_dict(
    document("http://maas"), config=SchemathesisConfig.from_dict(CONFIG)
)
schema.app = application


@pytest.fixture(name="tenants")
def _tenants(transactional_db: None) -> Iterator[Tenants]:
    with two_tenants() as tenants:
        yield tenants


@pytest.fixture(name="client")
def _client() -> Iterator[Any]:
    """One client for all examples: starting one takes longer than a request."""
    with get_client(application) as client:
        yield client


@schema.parametrize()
@settings(
    deadline=None,
    # The tenants last through all examples of an operation, which is wanted.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_service_keeps_to_its_document(
    case: schemathesis.Case[Any], tenants: Tenants, client: Any
) -> None:
    if _is_well_formed(case):
        tenants.name_what_is_there(case.body)
    headers = tenants.headers(case.headers)
    case.call_and_validate(headers=headers, session=client)


def _is_well_formed(case: Any) -> bool:
    return (
        case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    )
