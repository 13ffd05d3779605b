"""Keyboard shortcuts: what can be done by which keys, and what a person changed of that.

Keys are written as `Mod+Shift+k`: modifiers in that order, then the character or the
key's name. `Mod` is Ctrl, and Cmd on a Mac; there, `Ctrl` is its own key. A character
that needs Shift on some keyboards stands for itself: `?`, not `Shift+/`. What static/js/
keys.js makes of a key press is written the same way.

While somebody writes, only combinations with Ctrl, Cmd or Alt act, and those of
`IN_THE_BOX`, which act nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OFF = ""
"""Instead of keys: this shortcut is switched off."""
IN_THE_BOX = frozenset({"send", "edit_empty"})


@dataclass(frozen=True)
class Shortcut:
    """One thing that keys can do. `needs` names what some browsers do not have."""

    action: str
    name: str | Promise
    keys: str
    needs: str = ""


GROUPS: tuple[tuple[str | Promise, tuple[Shortcut, ...]], ...] = (
    (
        gettext_lazy("Writing"),
        (
            Shortcut("send", gettext_lazy("Send the message"), "Enter"),
            Shortcut("write", gettext_lazy("Go to the message box"), "w"),
            Shortcut("edit", gettext_lazy("Edit your last message"), "e"),
            Shortcut(
                "edit_empty",
                gettext_lazy("Edit your last message, from the empty box"),
                "ArrowUp",
            ),
            Shortcut("stop", gettext_lazy("Stop the reply"), "Mod+."),
            Shortcut(
                "dictate", gettext_lazy("Dictate, and end dictating"), "d", "dictation"
            ),
        ),
    ),
    (
        gettext_lazy("Messages"),
        (
            Shortcut("up", gettext_lazy("Message above"), "k"),
            Shortcut("down", gettext_lazy("Message below"), "j"),
            Shortcut("latest", gettext_lazy("Newest message"), "End"),
            Shortcut("previous", gettext_lazy("Previous version"), "ArrowLeft"),
            Shortcut("next", gettext_lazy("Next version"), "ArrowRight"),
            Shortcut("regenerate", gettext_lazy("Regenerate the reply"), "r"),
            Shortcut("continue", gettext_lazy("Continue the reply"), "c"),
            Shortcut("why", gettext_lazy("Why this reply"), "y"),
            Shortcut(
                "read", gettext_lazy("Read aloud, and stop reading"), "l", "speech"
            ),
        ),
    ),
    (
        gettext_lazy("Around"),
        (
            Shortcut("memory", gettext_lazy("Open and close Memory"), "m"),
            Shortcut("find", gettext_lazy("Find"), "/"),
            Shortcut("conversations", gettext_lazy("All conversations"), "g"),
            Shortcut("larger", gettext_lazy("Larger text"), "+"),
            Shortcut("smaller", gettext_lazy("Smaller text"), "-"),
            Shortcut("scheme", gettext_lazy("Light or dark"), "t"),
            Shortcut("help", gettext_lazy("Show these shortcuts"), "?"),
        ),
    ),
)
SHORTCUTS = {each.action: each for _name, group in GROUPS for each in group}

NAMED = "Enter Space ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown"
NAMED += " Insert Delete Backspace " + " ".join(f"F{n}" for n in range(1, 13))
WRITTEN = re.compile(
    rf"(?P<mods>(?:Mod\+)?(?:Ctrl\+)?(?:Alt\+)?(?:Shift\+)?)"
    rf"(?P<key>[!-@\[-~]|{'|'.join(NAMED.split())})"
)
HELD = re.compile(r"(Mod|Ctrl|Alt)\+")
# Of the browser or of every text box; most of them never reach a page at all.
RESERVED = frozenset(
    {
        *(f"Mod+{key}" for key in "acvxzytwnrlpqf+-=0123456789"),
        *(f"Mod+Shift+{key}" for key in "zvtwnripqj"),
        *("Mod+Enter", "Mod+Space", "Alt+ArrowLeft", "Alt+ArrowRight", "Alt+F4"),
        *("F5", "F6", "F7", "F11", "F12", "Mod+F4", "Mod+F5"),
        *(f"Mod+{key}" for key in ("ArrowLeft", "ArrowRight", "Backspace", "Delete")),
    }
)


class Refused(Exception):
    """These keys can not have this shortcut; the message says why, to a person."""


def bound(chosen: Mapping[str, str]) -> dict[str, str]:
    """Each action with its keys, the person's where they chose some; "" is off."""
    return {action: chosen.get(action, s.keys) for action, s in SHORTCUTS.items()}


def on_page(chosen: Mapping[str, str]) -> str:
    """The same for keys.js: `action=keys` with spaces between."""
    return " ".join(f"{action}={keys}" for action, keys in bound(chosen).items())


def rebound(chosen: Mapping[str, str], action: str, keys: str) -> dict[str, str]:
    """What is chosen once `action` has `keys`; "" switches it off.

    Raises KeyError for an unknown action, Refused for keys it can not have.
    """
    shortcut = SHORTCUTS[action]
    if keys != OFF:
        _check(action, keys)
        for other, theirs in bound(chosen).items():
            if theirs == keys and other != action:
                name = SHORTCUTS[other].name
                problem = _("%(keys)s is taken: it does “%(name)s”. Change that first.")
                raise Refused(problem % {"keys": named(keys), "name": name})
    changed = {**chosen, action: keys}
    if keys == shortcut.keys:
        del changed[action]
    return changed


def _check(action: str, keys: str) -> None:
    found = WRITTEN.fullmatch(keys)
    if found is None:
        raise Refused(_("These keys can not be used."))
    mods, key = found["mods"], found["key"]
    held = bool(HELD.match(mods))
    types = len(key) == 1 or key in {"Space", "Backspace", "Delete"}
    if action == "send" and key == "Enter":
        return
    if keys in RESERVED:
        problem = _("%(keys)s belongs to the browser or to the text box.")
        raise Refused(problem % {"keys": named(keys)})
    if action in IN_THE_BOX and types and not held:
        problem = _("In the message box %(keys)s writes. Hold Ctrl or Alt with it.")
        raise Refused(problem % {"keys": named(keys)})
    if key in {"Enter", "Space"} and not held:
        problem = _("%(keys)s presses the button that has the focus.")
        raise Refused(problem % {"keys": named(keys)})


SHOWN = {
    "Mod": "Ctrl",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "PageUp": "Page Up",
    "PageDown": "Page Down",
}


def named(keys: str) -> str:
    """Keys as they stand on most keyboards: `Ctrl+Shift+K`. Pages of a Mac rename them."""
    found = WRITTEN.fullmatch(keys)
    if found is None:
        return keys
    parts = [*found["mods"].split("+")[:-1], found["key"]]
    return "+".join(
        SHOWN.get(part, part.upper() if len(part) == 1 else part) for part in parts
    )


@dataclass(frozen=True)
class Line:
    """One shortcut as a person has it, for the pages that list them."""

    action: str
    name: str | Promise
    keys: str
    needs: str
    is_changed: bool

    @property
    def named(self) -> str:
        """Its keys in words."""
        return named(self.keys)


def lines(
    chosen: Mapping[str, str],
) -> Iterator[tuple[str | Promise, list[Line]]]:
    """All of them as the person has them, by group."""
    now = bound(chosen)
    for name, group in GROUPS:
        yield name, [line(each.action, now, chosen) for each in group]


def line(action: str, now: Mapping[str, str], chosen: Mapping[str, str]) -> Line:
    """One of them."""
    each = SHORTCUTS[action]
    return Line(action, each.name, now[action], each.needs, action in chosen)
