"""The block that a buyer pastes to a coding agent: all it needs, and no key in it.

In English whatever the page's language is: it is read by a program.
"""

from __future__ import annotations

from embedded.maas.onboarding.provisioning import Provisioned

DOCUMENTATION = "https://maas.nunchiai.com"


def handoff(done: Provisioned, origin: str) -> str:
    """The text, with the addresses of this service at `origin`."""
    return f"""\
# Memory service: hand-off

Organization: {done.tenant.slug}
Service source: {done.tenant.service_source}
Base URL: {origin}/v1
Workspace: {done.workspace}

The key is not in this text. Ask for it, keep it out of the repository, and set:

    export MAAS_BASE_URL={origin}/v1
    export MAAS_WORKSPACE_ID={done.workspace}
    export MAAS_API_KEY=<the key from the success page, {done.hint}...>

Every call carries "Authorization: Bearer $MAAS_API_KEY" and
"X-Workspace-Id: $MAAS_WORKSPACE_ID". Check that it answers (an empty list is right):

    curl -X POST "$MAAS_BASE_URL/memory/recall" \\
      -H "Authorization: Bearer $MAAS_API_KEY" \\
      -H "X-Workspace-Id: $MAAS_WORKSPACE_ID" \\
      -H "Content-Type: application/json" \\
      -d '{{"anchor_id": "smoke-test", "query": "hello"}}'

Then create one anchor for each scope, recall before a reply, store what is worth
keeping after it, and send feedback only for the memories that the reply used.

Documentation: {DOCUMENTATION}/llms-full.txt
Machine-readable: {origin}/v1/openapi.json
"""
