"""A paid order brings one tenant and one key, shown once; an unpaid one nothing."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.utils import timezone

from embedded.maas.access import authorise, credentials
from embedded.maas.errors import Forbidden
from embedded.maas.models import ApiKey, CheckoutSession, Tenant, Workspace
from embedded.maas.onboarding.provisioning import (
    NotPaid,
    Provisioned,
    pay,
    provision,
)
from tests.embedded.maas.onboarding.orders import opened

pytestmark = pytest.mark.django_db


def _paid(**changes: str) -> str:
    session = opened(**changes)
    assert pay(session)
    return session


def _made(session: str) -> Provisioned:
    done = provision(session)
    assert done
    return done


def test_the_key_opens_its_workspace_and_no_other() -> None:
    done = _made(_paid())
    assert (done.tenant.slug, done.workspace) == ("harbour-books", "harbour-books-prod")
    headers = {"authorization": f"Bearer {done.key}", "x-workspace-id": done.workspace}
    assert authorise(credentials(headers)).service_source == "enterprise-tutor"
    other = _made(_paid(company_name="Another"))
    with pytest.raises(Forbidden):
        authorise(credentials(headers | {"x-workspace-id": other.workspace}))


def test_the_key_is_stored_hashed_and_answered_once() -> None:
    session = _paid()
    done = _made(session)
    row = ApiKey.objects.get()
    assert done.key not in (row.digest, row.hint, row.label)
    again = _made(session)
    assert (again.key, again.hint) == ("", row.hint)
    assert (again.tenant, again.workspace) == (done.tenant, done.workspace)
    assert Tenant.objects.count() == Workspace.objects.count() == 1
    assert ApiKey.objects.count() == 1


def test_what_is_not_paid_or_not_ordered_brings_nothing() -> None:
    with pytest.raises(NotPaid):
        provision(opened())
    assert provision("cs_test_nothing") is None
    assert pay("cs_test_nothing") is None
    assert not Tenant.objects.exists()


def test_paying_twice_keeps_the_first_time() -> None:
    session = _paid()
    before = CheckoutSession.objects.get().paid_at
    pay(session)
    assert CheckoutSession.objects.get().paid_at == before
    assert before is not None
    assert before <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_many_pages_at_once_make_one_tenant_and_show_one_key() -> None:
    session = _paid()
    keys: list[str] = []
    start = threading.Barrier(5)

    def open_page() -> None:
        start.wait()
        try:
            keys.append(_made(session).key)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_page) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 5
    assert len([key for key in keys if key]) == 1
    assert Tenant.objects.count() == ApiKey.objects.count() == 1


def test_a_company_never_joins_the_tenant_of_its_name() -> None:
    Tenant.objects.create(slug="harbour-books", name="Somebody else")
    done = _made(_paid())
    assert done.tenant.slug.startswith("harbour-books-")
    assert done.tenant.name == "Harbour Books"


def test_a_name_without_latin_letters_gets_a_slug_of_its_own() -> None:
    slugs = {_made(_paid(company_name="주식회사 등대")).tenant.slug for _ in "ab"}
    assert len(slugs) == 2
    assert all(slug.startswith("org-") for slug in slugs)
