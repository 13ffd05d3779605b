"""What the page says at a message of a lesson, where the model's word is not enough.

At an answer: the question, and the server's verdict. At a reply that claims to have saved
or scheduled something: that this did not happen, when the turn is over and nothing of the
kind was written in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from chatapp.conversations.lanes import Remark
from chatapp.conversations.models import Message, Role
from chatapp.memories.models import HELD, Atom, TurnRecord
from chatapp.memories.records import OVER
from tutor.lessons import lints
from tutor.lessons.reading import item_of
from tutor.models import Evidence, FollowUp, Move
from tutor.models.lesson import MoveKind

PROMPT_CHARS = 140


def remarks(messages: Sequence[Message]) -> Mapping[UUID, Remark]:
    """One for each of these messages that needs one."""
    said = [one.pk for one in messages if one.role == Role.USER]
    claims = [
        one
        for one in messages
        if one.role == Role.ASSISTANT and lints.claims_a_write(one.text)
    ]
    found = _verdicts(said)
    if claims:
        found |= {one.pk: _nothing_done() for one in claims if not _is_borne_out(one)}
    return found


def _verdicts(said: Sequence[UUID]) -> dict[UUID, Remark]:
    moves = Move.objects.filter(message__in=said, kind=MoveKind.ANSWER).select_related(
        "question__lesson__course"
    )
    return {move.message_id: _verdict(move) for move in moves if move.message_id}


def _verdict(move: Move) -> Remark:
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


def _nothing_done() -> Remark:
    return Remark(below=_("Nothing was saved or scheduled by this reply."), tone="open")


def _is_borne_out(reply: Message) -> bool:
    """Whether the turn wrote what its reply claims, or may still do so."""
    records = TurnRecord.objects.filter(generation__message=reply)
    given_up = Q(steps__name="learn", steps__status__in=OVER)
    if not records.filter(given_up | Q(learnt_at__isnull=False)).exists():
        return True  # it is still being learnt from
    dated = FollowUp.objects.filter(message=reply.parent_id)
    if lints.claims_a_date(reply.text) and not dated.exists():
        return False
    noted = Atom.objects.filter(brought_by__in=records, state__in=HELD)
    shown = Evidence.objects.filter(message=reply.parent_id)
    return not lints.claims_a_note(reply.text) or noted.exists() or shown.exists()
