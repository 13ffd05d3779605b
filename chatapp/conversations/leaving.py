"""What was said by a person who deletes their account."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import ngettext

from chatapp.accounts.leaving import Line
from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation


def tell(user: User) -> Iterator[Line]:
    """Their conversations and lessons; one that nothing was said in is none."""
    said = Conversation.objects.filter(user=user).exclude(title="").count()
    if said:
        text = ngettext(
            "%(n)s conversation or lesson, with every message",
            "%(n)s conversations and lessons, with every message",
            said,
        )
        yield Line(text % {"n": said})
