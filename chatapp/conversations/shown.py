"""What the pages show of conversations: plain values, ready for the templates.

Page, POST answer and socket render a message from the same `Shown`. A few queries,
whatever the length of the conversation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from chatapp.characters.models import Persona
from chatapp.conversations import path
from chatapp.conversations.articles import Articles
from chatapp.conversations.continuing import can_continue
from chatapp.conversations.lanes import Remark, lane_of
from chatapp.conversations.markdown import render
from chatapp.conversations.marks import Mark, render_with
from chatapp.conversations.models import (
    RUNNING,
    Conversation,
    Generation,
    Message,
    Role,
    Status,
)
from chatapp.language.guess import written_in
from chatapp.memories.lines import Chip, MemoryLine, memory_lines

NO_REMARK = Remark()


@dataclass(frozen=True)
class Shown:
    """One message as a page shows it.

    `siblings` are the versions one can page through, this one included; `is_shared`
    says that it was written in the conversation this one branched from. `key` is the
    page's own: by it a page knows that what it sent has arrived.
    """

    id: UUID
    role: str
    speaker: str
    portrait: str
    text: str
    status: str
    generation_id: UUID | str
    problem: str
    can_regenerate: bool
    can_continue: bool
    can_edit: bool
    is_shared: bool
    siblings: tuple[UUID, ...]
    key: UUID | None
    memory: MemoryLine
    sent_at: datetime
    turn_url: str
    remark: Remark = NO_REMARK

    @property
    def article(self) -> SafeString:
        """The message as a page has it."""
        return as_html(self)

    @property
    def sibling_number(self) -> int:
        """Which of its siblings this is, from 1."""
        return self.siblings.index(self.id) + 1

    @property
    def language(self) -> str:
        """In which language it is, once it is all there; "" for the page's."""
        return "" if self.status in RUNNING else written_in(self.text)

    @cached_property
    def html(self) -> SafeString | str:
        """The text as HTML, made when it is asked for; with its chips when it ended."""
        if self.role != Role.ASSISTANT:
            return self.text
        if self.status in RUNNING:
            return render(self.text)
        return render_with(self.text, cites(self.memory.chips))


def shown(
    conversation: Conversation,
    rows: Sequence[Message],
    *,
    lines: Mapping[UUID, MemoryLine] | None = None,
    are_new: bool = False,
) -> list[Shown]:
    """These messages as the page shows them; rows come with their generations.

    `lines` are their memory lines, when they were read already. `are_new` says that
    they were just sent, at the end of the path: no other version of them can be there.
    """
    if lines is None:
        begun = [g.pk for row in rows if (g := row.generation) and _has_begun(g)]
        lines = memory_lines(begun)
    siblings = {} if are_new else path.siblings(conversation.pk, rows)
    remarks = lane_of(conversation.lane).remarks(conversation, rows) if rows else {}
    personas = _personas(rows)
    name, portrait = conversation.character.name, conversation.character.portrait
    out: list[Shown] = []
    for row in rows:
        generation = row.generation
        line = lines.get(generation.pk) if generation else None
        is_reply = row.role == Role.ASSISTANT
        out.append(
            Shown(
                id=row.pk,
                role=row.role,
                speaker=name
                if is_reply
                else personas.get(row.persona_id, gettext("You")),
                portrait=portrait,
                text=row.text,
                status=generation.status if generation else Status.COMPLETE,
                generation_id=generation.pk if generation else "",
                problem=generation.problem if generation else "",
                can_regenerate=bool(generation and not generation.running),
                can_continue=can_continue(conversation, row),
                can_edit=not is_reply,
                is_shared=row.conversation_id != conversation.pk,
                siblings=siblings.get(row.pk, (row.pk,)),
                key=row.key,
                memory=line or MemoryLine(),
                sent_at=row.created_at,
                turn_url=_turn_url(generation, recorded=bool(line)),
                remark=remarks.get(row.pk, NO_REMARK),
            )
        )
    return out


def cites(chips: Sequence[Chip]) -> list[Mark]:
    """The chips as buttons where their markers stood; chips.js opens their atoms.

    A button has no text: its number is drawn by the style sheet, so that the words of
    a reply are its words alone, also when they are copied.
    """
    return [
        Mark(
            offset,
            format_html(
                '<button type="button" class="cite{}" data-chip="{}" data-number="{}"'
                ' aria-label="{}" aria-expanded="false"></button>',
                "" if chip.used and not chip.wrong else " cite-doubtful",
                chip.id,
                chip.number,
                chip.name,
            ),
        )
        for chip in chips
        for offset in chip.offsets
    ]


def as_html(message: Shown) -> SafeString:
    """The message's article, as it stands in the page.

    Made once for all that look the same: a page that is opened again, and the other
    tabs, get what was made for the first.
    """
    if message.status in RUNNING:
        return ARTICLES.make(message)
    return ARTICLES.get(message)


def _personas(rows: Sequence[Message]) -> dict[UUID | None, str]:
    """The names of those as whom the person said these; nothing is asked for none."""
    ids = {row.persona_id for row in rows if row.persona_id}
    if not ids:
        return {}
    named = Persona.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: name for pk, name in named}


def _has_begun(generation: Generation) -> bool:
    """Whether memory can have done anything for it yet."""
    return generation.status != Status.PENDING


def _turn_url(generation: Generation | None, *, recorded: bool) -> str:
    if generation is None or generation.running or not recorded:
        return ""
    return reverse("memories:turn", args=[generation.pk])


ARTICLES: Articles[Shown] = Articles("conversations/_message.html")
"""The articles of this process."""
