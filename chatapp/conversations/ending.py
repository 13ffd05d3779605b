"""The second transaction of a turn: a reply has ended, however it ended.

Its text, what it cost, its record and the job that learns from it are written at once:
none can happen without the others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chatapp.accounts import caps
from chatapp.conversations import hub, tasks
from chatapp.conversations.models import Generation, Status
from chatapp.memories import records
from chatapp.pipeline import Asked, pipeline
from memory.reply import Citation
from memory.tokens import tokens_in

# One statement, so that a reply is never without its end, its text, or both.
END = """
    WITH ended AS (
        UPDATE conversations_generation
        SET status = %(status)s, finish = %(finish)s, citations = %(citations)s::jsonb,
            prompt_tokens = %(prompt_tokens)s,
            completion_tokens = %(completion_tokens)s,
            problem = %(problem)s, detail = %(detail)s, ended_at = %(now)s,
            first_token_at = coalesce(%(first_token_at)s, first_token_at)
        WHERE id = %(generation)s AND status IN ('pending', 'streaming')
        RETURNING id, message_id, conversation_id, base
    ), said AS (
        UPDATE conversations_message AS message
        SET text = left(message.text, ended.base) || %(text)s
        FROM ended WHERE message.id = ended.message_id
    ), logged AS (
        DELETE FROM conversations_generationevent AS event
        USING ended WHERE event.generation_id = ended.id
    ), shown AS (
        UPDATE conversations_conversation AS conversation SET updated_at = %(now)s
        FROM ended WHERE conversation.id = ended.conversation_id
    )
    SELECT id FROM ended
"""


@dataclass(frozen=True)
class Ended:
    """How a reply ended, as it is written down.

    `text` is what this generation wrote, behind what the message had before.
    `prompt_estimate` is about what the model read, for one that gave no count.
    """

    status: Status
    text: str
    citations: Sequence[Citation] = ()
    finish: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_estimate: int = 0
    problem: str = ""
    detail: str = ""
    reply_ms: float = 0.0
    first_token_at: datetime | None = None


def finish(generation: Generation, anchor_id: UUID, ended: Ended) -> bool:
    """Write how the reply ended and defer its learning; False if it had ended before."""
    with transaction.atomic(savepoint=False):
        with pipeline():
            if not _end(generation, anchor_id, ended):
                return False
        tasks.defer_learning(generation.pk, anchor_id)
        hub.poke(generation.conversation_id)
    return True


def _end(generation: Generation, anchor_id: UUID, ended: Ended) -> bool:
    values = {
        "generation": generation.pk,
        "status": ended.status,
        "finish": ended.finish,
        "citations": json.dumps([[c.label, c.offset] for c in ended.citations]),
        "prompt_tokens": ended.prompt_tokens,
        "completion_tokens": ended.completion_tokens,
        "problem": ended.problem,
        "detail": ended.detail,
        "now": timezone.now(),
        "first_token_at": ended.first_token_at,
        "text": ended.text,
    }
    if Asked(END, values).one() is None:
        return False
    caps.settle(generation.pk, _tokens(ended))
    records.note_reply(
        generation.pk,
        anchor_id,
        ms=ended.reply_ms,
        complete=ended.status == Status.COMPLETE,
        detail=ended.problem,
    )
    return True


def _tokens(ended: Ended) -> int:
    """What the turn cost; estimated when the model did not say."""
    if ended.prompt_tokens is not None and ended.completion_tokens is not None:
        return ended.prompt_tokens + ended.completion_tokens
    return max(1, ended.prompt_estimate + tokens_in(ended.text))
