"""Articles that were rendered lately, for whoever shows the same again.

Most of what a page of a long conversation costs is its articles, and most of those were
rendered before: by the last visit, another tab, or the socket that watches the page.
Found by all that they are made of, language and time zone included, so that what is
found is what would be made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

MOST_CHARS = 2_000_000
"""Of HTML, and as much again for what it was made of; some thousand articles."""
Key = tuple[Hashable, str | None, str]
Message = TypeVar("Message", bound=Hashable)


class Articles(Generic[Message]):
    """The newest renderings of one template, which has `message` and nothing else."""

    def __init__(self, template: str, most_chars: int = MOST_CHARS) -> None:
        self._template = template
        self._most = most_chars
        self._chars = 0
        self._lock = threading.Lock()
        self._made: OrderedDict[Key, SafeString] = OrderedDict()

    def get(self, message: Message) -> SafeString:
        """The message as HTML."""
        key = (message, get_language(), get_current_timezone_name())
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
                return found
        made = self.make(message)
        with self._lock:
            if key not in self._made:
                self._chars += len(made)
            self._made[key] = made
            while self._chars > self._most:
                _, old = self._made.popitem(last=False)
                self._chars -= len(old)
        return made

    def make(self, message: Message) -> SafeString:
        """The same, of what will look another way in a moment: it is not kept."""
        # What a template makes is escaped already; its type does not say so.
        return mark_safe(get_template(self._template).render({"message": message}))
