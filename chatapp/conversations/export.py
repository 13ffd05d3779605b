"""A conversation as a file, with every version of every message: Markdown, JSON, HTML.

The path comes first, as the page shows it. Each message that has other versions names
them, and they follow as passages of their own. What was deleted is in no file. A file
is written message by message, so that whoever waits for a long one sees how far it is.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chatapp.accounts import zones
from chatapp.conversations import path
from chatapp.conversations.markdown import render
from chatapp.conversations.models import Conversation, Role
from chatapp.pipeline import Asked

FORMAT = "anchorage-conversation"
VERSION = 1
NAME_CHARS = 60
MESSAGES = "<!-- messages -->"
"""Where the messages stand in the frame of a web page; what people write is escaped."""
ALL = f"""
    SELECT child.id, child.parent_id, child.role, child.text, child.created_at,
           entry.position, persona.name
    FROM conversations_message AS child
    LEFT JOIN characters_persona AS persona ON persona.id = child.persona_id
    LEFT JOIN conversations_pathentry AS entry
           ON entry.conversation_id = %(conversation)s AND entry.message_id = child.id
    WHERE (child.conversation_id = %(conversation)s
           OR entry.position IS NOT NULL
           OR child.id IN (SELECT message_id FROM conversations_leftbehind
                           WHERE conversation_id = %(conversation)s))
      AND (entry.position IS NOT NULL OR ({path.VISIBLE}))
    ORDER BY child.created_at, child.id
"""


@dataclass(frozen=True)
class Said:
    """One message; `number` is its depth in the tree, from 1; `position` on the path.

    `persona` is the name as whom the person said it, "" for themselves.
    """

    id: UUID
    parent: UUID | None
    role: str
    text: str
    at: datetime
    number: int
    position: int | None
    persona: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the person wrote it."""
        return self.role == Role.USER

    @property
    def html(self) -> str:
        """A reply's text as safe HTML."""
        return self.text if self.is_own else render(self.text)


@dataclass(frozen=True)
class Passage:
    """Messages that follow each other. `label` names it, "" for the path.

    `instead_of` is the number of the message whose other version it begins with.
    """

    label: str
    instead_of: int
    messages: Sequence[Said]


@dataclass(frozen=True)
class Whole:
    """A conversation: its path, the passages of its other versions, which begin where."""

    title: str
    name: str
    conversation: Conversation
    passages: Sequence[Passage]
    versions: dict[UUID, tuple[str, ...]]

    @property
    def count(self) -> int:
        """How many messages it has, all versions together."""
        return sum(len(passage.messages) for passage in self.passages)

    def lines(self) -> Iterator[tuple[Passage, list[tuple[Said, tuple[str, ...]]]]]:
        """Each passage, and of each of its messages the labels of its other versions."""
        for passage in self.passages:
            yield (
                passage,
                [(said, self.versions.get(said.id, ())) for said in passage.messages],
            )


def whole(conversation: Conversation) -> Whole:
    """Read it: one query, whatever its length."""
    rows = Asked(ALL, {"conversation": conversation.pk}).all()
    below: defaultdict[UUID | None, list[Said]] = defaultdict(list)
    depth: dict[UUID | None, int] = {None: 0}
    # Parents were said before their children; one whose parent is deleted is, too.
    for pk, parent, role, text, at, position, persona in rows:
        if parent in depth:
            depth[pk] = depth[parent] + 1
            said = Said(pk, parent, role, text, at, depth[pk], position, persona or "")
            below[parent].append(said)
    shown = [s for each in below.values() for s in each if s.position is not None]
    shown.sort(key=lambda said: said.position or 0)
    passages = [Passage("", 0, shown)]
    versions: dict[UUID, tuple[str, ...]] = {}
    waiting = deque([passages[0]])
    forks: set[UUID | None] = set()  # each is told once, where it is met first
    while waiting:
        for said in waiting.popleft().messages:
            others = [other for other in below[said.parent] if other.id != said.id]
            if not others or said.parent in forks:
                continue
            forks.add(said.parent)
            labels = []
            for other in others:
                label = f"v{len(passages)}"
                passage = Passage(label, said.number, _down(other, below))
                passages.append(passage)
                waiting.append(passage)
                labels.append(label)
            versions[said.id] = tuple(labels)
    character = conversation.character
    return Whole(
        title=conversation.title or character.subject or character.name,
        name=character.name,
        conversation=conversation,
        passages=passages,
        versions=versions,
    )


def as_json(told: Whole) -> Iterator[str]:
    """One object: every message with its parent, and the ids of the path."""
    conversation = told.conversation
    about: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": timezone.now().isoformat(timespec="seconds"),
        "title": told.title,
        "lane": conversation.lane,
        "character": {"name": told.name, "slug": conversation.character.slug},
        "created_at": conversation.created_at.isoformat(),
        "path": [str(said.id) for said in told.passages[0].messages],
    }
    begin = json.dumps(about, ensure_ascii=False, indent=2).removesuffix("\n}")
    yield f'{begin},\n  "messages": ['
    messages = {s.id: s for passage in told.passages for s in passage.messages}
    comma = ""
    for said in sorted(messages.values(), key=lambda s: (s.at, str(s.id))):
        message = {
            "id": str(said.id),
            "parent": str(said.parent) if said.parent else None,
            "role": said.role,
            "text": said.text,
            "at": said.at.isoformat(),
        }
        if said.persona:
            message["persona"] = said.persona
        yield f"{comma}\n    {json.dumps(message, ensure_ascii=False)}"
        comma = ","
    yield "\n  ]\n}\n"


def as_markdown(told: Whole) -> Iterator[str]:
    """For reading: who said what, when; words as they were written."""
    said_with = _("With %(name)s. Exported on %(date)s.") % {
        "name": told.name,
        "date": f"{timezone.localtime():%Y-%m-%d}",
    }
    times = _("Times are those of %(zone)s.") % {"zone": zones.label()}
    yield f"# {' '.join(told.title.split())}\n\n{said_with} {times}"
    for passage, lines in told.lines():
        if passage.label:
            yield f"\n\n## {_heading(passage)}"
        for said, labels in lines:
            who = (said.persona or _("You")) if said.is_own else told.name
            at = timezone.localtime(said.at)
            head = f"**{said.number}. {who}** · {at:%Y-%m-%d %H:%M}"
            others = f"\n\n*{_also(labels)}*" if labels else ""
            yield f"\n\n{head}\n\n{said.text}{others}"
    yield "\n"


def as_html(told: Whole) -> Iterator[str]:
    """One page that opens anywhere: its styles are in it, and it loads nothing."""
    frame = get_template("conversations/export.html")
    page = {
        "told": told,
        "now": timezone.now(),
        "zone": zones.label(),
        "language": get_language() or "en",
    }
    begin, end = frame.render(page).split(MESSAGES)
    message = get_template("conversations/_export_message.html")
    yield begin
    for passage, lines in told.lines():
        heading = _heading(passage) if passage.label else ""
        if heading:
            yield format_html('<h2 id="{}">{}</h2>', passage.label, heading)
        for said, labels in lines:
            page = {"said": said, "labels": labels, "name": told.name}
            yield message.render({**page, "is_shown": not heading})
    yield end


WRITERS: Mapping[str, tuple[Callable[[Whole], Iterator[str]], str]] = {
    "html": (as_html, "text/html"),
    "md": (as_markdown, "text/markdown"),
    "json": (as_json, "application/json"),
}
"""The kinds of file: who writes one, and what it is called on the wire."""


def file_name(told: Whole, kind: str) -> str:
    """What the file is called, in letters that every system takes."""
    name = slugify(told.title)[:NAME_CHARS].strip("-") or slugify(told.name)
    return f"{name or 'conversation'}-{timezone.localtime():%Y-%m-%d}.{kind}"


def _down(first: Said, below: dict[UUID | None, list[Said]]) -> list[Said]:
    """The message and what was said below it, by way of the newest of each."""
    chain = [first]
    while children := below.get(chain[-1].id):
        chain.append(children[-1])
    return chain


def _heading(passage: Passage) -> str:
    return _("Version %(label)s, instead of message %(number)s") % {
        "label": passage.label,
        "number": passage.instead_of,
    }


def _also(labels: Sequence[str]) -> str:
    return _("Other versions: %(labels)s") % {"labels": ", ".join(labels)}
