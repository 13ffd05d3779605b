"""What the page says at an answer in the transcript: the question, and the verdict.

The server says whether an answer was right, not the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from chatapp.conversations.lanes import Remark
from tutor.lessons.reading import item_of
from tutor.models import Move
from tutor.models.lesson import MoveKind

PROMPT_CHARS = 140


def remarks(messages: Sequence[UUID]) -> Mapping[UUID, Remark]:
    """One for each of these messages that was an answer."""
    moves = Move.objects.filter(
        message__in=messages, kind=MoveKind.ANSWER
    ).select_related("question__lesson__course")
    return {move.message_id: _remark(move) for move in moves if move.message_id}


def _remark(move: Move) -> Remark:
    item = item_of(move.question)
    # One line of small print: its code marks and formulas are only in the way.
    prompt = " ".join(item.prompt.replace("`", "").split()) if item else ""
    if len(prompt) > PROMPT_CHARS:
        prompt = prompt[: PROMPT_CHARS - 1].rstrip() + "…"
    if not move.right:
        return Remark(above=prompt, below=_("Not yet"), tone="open")
    if move.level:
        return Remark(above=prompt, below=_("Right, with a hint"), tone="good")
    return Remark(above=prompt, below=_("Right"), tone="good")
