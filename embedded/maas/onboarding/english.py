"""The onboarding pages in English."""

from __future__ import annotations

from embedded.maas.onboarding.wording import Wording

ENGLISH = Wording(
    service="Memory service",
    choose_language="Language",
    products={
        "enterprise-tutor": "Character Chat / Enterprise Tutor",
        "maas-enterprise": "Editorial / Content",
    },
    usage_plan="Enterprise, billed by usage",
    stand_in="This page stands in for the payment provider.",
    stand_in_text=(
        "You are using the embedded memory service. No card is asked for and nothing is "
        "charged; the hosted service would take you to its payment provider here."
    ),
    checkout="Checkout",
    checkout_text="Once this is paid, your organization, a workspace and a first API "
    "key are set up.",
    order="Your order",
    company="Company",
    email="Administrator’s e-mail",
    product="Product",
    plan="Plan",
    due="Due today",
    nothing_due="Nothing. This is a simulation.",
    pay="Pay (simulated)",
    cancel="Cancel",
    ready="Your memory service is ready",
    ready_text="Keep the key somewhere safe, then hand the block below to whoever "
    "builds the integration.",
    account="Your account",
    organization="Organization",
    service_source="Service source",
    workspace="Workspace ID",
    base_url="Base URL",
    key="Your first API key",
    key_once="Copy it now: it is shown this once and never again. Only a hash of it is "
    "stored.",
    key_gone="The key is not shown again",
    key_gone_text="It was shown once, when this page was first opened, and only a hash "
    "of it is stored.",
    key_lost="If you did not keep it, ask whoever runs this service to revoke it in the "
    "admin and to issue another:",
    key_time="Shown on",
    handoff="Hand-off for your coding agent",
    handoff_text="Paste this to your coding agent or send it to a developer. The key is "
    "not in it.",
    copy="Copy",
    copied="Copied",
    next_step="What comes next",
    documentation="Read the documentation",
    unpaid="This order has not been paid",
    unpaid_text="Nothing was set up yet. That happens as soon as the checkout is "
    "complete.",
    cancelled="Checkout cancelled",
    cancelled_text="Nothing was charged and nothing was set up.",
    back_to_checkout="Back to the checkout",
    unknown="There is no such order",
    unknown_text="The address may be incomplete. Open the link that the checkout gave "
    "you, or start a new order.",
)
