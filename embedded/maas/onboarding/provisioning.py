"""What a paid order brings: a tenant of its own, a workspace, and a first key.

Made once, whoever opens the success page and however often. An order never joins a
tenant that is already there, whatever its company is called.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from embedded.maas.access import new_key, register_key
from embedded.maas.models import ApiKey, CheckoutSession, Tenant, Workspace

MAX_SLUG = 60
NAMELESS = "org"  # "주식회사 등대" has no letter that a slug may hold


class NotPaid(Exception):
    """The order is not paid, so there is nothing to provision."""


@dataclass(frozen=True)
class Provisioned:
    """What the success page shows; `key` is empty whenever it was shown before."""

    session: CheckoutSession
    tenant: Tenant
    workspace: str
    key: str
    hint: str


def pay(session_id: str) -> CheckoutSession | None:
    """Mark an order as paid; None for an unknown one, no change for a paid one."""
    unpaid = CheckoutSession.objects.filter(pk=session_id, paid_at=None)
    unpaid.update(paid_at=timezone.now())
    return CheckoutSession.objects.filter(pk=session_id).first()


def provision(session_id: str) -> Provisioned | None:
    """The tenant of a paid order, made now or found; None for an unknown order.

    Raises `NotPaid`. Two at once: the order's row lets one make it, the other find it.
    """
    with transaction.atomic():
        session = (
            CheckoutSession.objects.select_for_update().filter(pk=session_id).first()
        )
        if session is None:
            return None
        if session.paid_at is None:
            raise NotPaid
        if session.tenant is None:
            return _make(session)
        return _find(session, session.tenant)


def _make(session: CheckoutSession) -> Provisioned:
    tenant = _new_tenant(session)
    workspace = Workspace.objects.create(tenant=tenant, name=f"{tenant.slug}-prod")
    key = new_key()
    row = register_key(key, tenant, workspace, label="first key")
    session.tenant, session.provisioned_at = tenant, timezone.now()
    session.save(update_fields=["tenant", "provisioned_at"])
    return Provisioned(session, tenant, workspace.name, key, row.hint)


def _find(session: CheckoutSession, tenant: Tenant) -> Provisioned:
    workspace = Workspace.objects.filter(tenant=tenant).order_by("pk").first()
    first = ApiKey.objects.filter(tenant=tenant).order_by("pk").first()
    return Provisioned(
        session,
        tenant,
        workspace.name if workspace else "",
        key="",
        hint=first.hint if first else "",
    )


def _new_tenant(session: CheckoutSession) -> Tenant:
    """A tenant under the company's slug, or that slug and a few letters if taken."""
    named = slugify(session.company_name)[:MAX_SLUG].strip("-_")
    slug = named or _suffixed(NAMELESS)
    while True:
        tenant, made = Tenant.objects.get_or_create(
            slug=slug,
            defaults={
                "name": session.company_name,
                "service_source": session.service_source,
            },
        )
        if made:
            return tenant
        slug = _suffixed(named or NAMELESS)


def _suffixed(name: str) -> str:
    return f"{name}-{secrets.token_hex(3)}"
