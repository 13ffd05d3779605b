"""Why an entry is in a prompt or not, as sentences for people."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WHY = {
    "constant": gettext_lazy("always there"),
    "activated": gettext_lazy("always there, by its decorator"),
    "key": gettext_lazy("spoken of:"),
    "recursion": gettext_lazy("brought in by another entry:"),
    "kept": gettext_lazy("kept since it was spoken of:"),
    "off": gettext_lazy("switched off"),
    "no key": gettext_lazy("none of its keys occurs"),
    "no secondary key": gettext_lazy("its key occurs, none of its secondary keys:"),
    "no additional key": gettext_lazy("its key occurs, none of its additional keys:"),
    "excluded": gettext_lazy("kept out by an excluding key:"),
    "too early": gettext_lazy("comes later in the conversation"),
    "not this time": gettext_lazy("comes at every so many replies, not at this one"),
    "other greeting": gettext_lazy("belongs to another greeting"),
    "only once": gettext_lazy("comes only once, and has come"),
    "not activated": gettext_lazy("kept out by its decorator"),
    "empty": gettext_lazy("it has no text"),
    "bad pattern": gettext_lazy("a pattern that is too long or not understood:"),
    "no time": gettext_lazy("not looked for, the patterns before it took too long:"),
    "book budget": gettext_lazy("did not fit into what its book may take"),
    "budget": gettext_lazy("did not fit into what lorebooks may take"),
}


def why(code: str, words: str = "") -> str:
    """The sentence's middle for a `Finding.why`, with the words that decided it."""
    said = str(WHY.get(code, code))
    if not words:
        return said.rstrip(":")
    return _("%(why)s “%(words)s”") % {"why": said, "words": words}
