"""Every sentence of the onboarding pages by name; each language gives them all."""

from __future__ import annotations

from dataclasses import dataclass

from embedded.maas.models import CheckoutSession


@dataclass(frozen=True)
class Wording:
    """The pages in one language. `products` are the labels of the service sources."""

    service: str
    choose_language: str
    products: dict[str, str]
    usage_plan: str

    stand_in: str
    stand_in_text: str
    checkout: str
    checkout_text: str
    order: str
    company: str
    email: str
    product: str
    plan: str
    due: str
    nothing_due: str
    pay: str
    cancel: str

    ready: str
    ready_text: str
    account: str
    organization: str
    service_source: str
    workspace: str
    base_url: str
    key: str
    key_once: str
    key_gone: str
    key_gone_text: str
    key_lost: str
    key_time: str
    handoff: str
    handoff_text: str
    copy: str
    copied: str
    next_step: str
    documentation: str

    unpaid: str
    unpaid_text: str
    cancelled: str
    cancelled_text: str
    back_to_checkout: str
    unknown: str
    unknown_text: str

    def product_of(self, session: CheckoutSession) -> str:
        """The label of what was ordered."""
        return self.products[session.service_source]
