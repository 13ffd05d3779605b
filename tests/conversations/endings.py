"""Waiting for a reply to have ended, as its row says it."""

from __future__ import annotations

from chatapp.conversations.models import Generation
from chatapp.conversations.turns import Begun
from tests.harness.waiting import eventually


async def ended(begun: Begun) -> Generation:
    """The generation's row once it has ended."""
    rows = Generation.objects.select_related("message")

    async def row() -> Generation | None:
        found = await rows.aget(pk=begun.generation.pk)
        return None if found.running else found

    found = await eventually(row, "the reply ends")
    assert found is not None  # `eventually` gives what is true
    return found
