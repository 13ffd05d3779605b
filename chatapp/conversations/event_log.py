"""The text of a reply as its event log has it: what any process can read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from channels.db import database_sync_to_async

from chatapp.conversations.models import Generation


@dataclass(frozen=True)
class Logged:
    """The log from one event on; `ended` is the whole text of a reply that has ended.

    Whole means from its message's first character on to its own last: it may have been
    continued since. A reply that was deleted has ended without a word.
    """

    pieces: tuple[tuple[int, str], ...] = ()
    ended: str | None = None


def read(generation_id: UUID, since: int) -> Logged:
    """The event `since` and all behind it; event 0 is what the message had before.

    `since` itself again: a flush whose commit was not confirmed is written once more
    under its number, with what the model said meanwhile.
    """
    generation = (
        Generation.objects.select_related("message").filter(pk=generation_id).first()
    )
    if generation is None:
        return Logged(ended="")
    if not generation.running:
        return Logged(ended=generation.message.text[: generation.span().stop])
    before = [(0, generation.message.text[: generation.base])] if not since else []
    newer = generation.events.filter(seq__gte=since).order_by("seq")
    return Logged((*before, *newer.values_list("seq", "text")))


read_log = database_sync_to_async(read, thread_sensitive=False)
