"""Everything that is remembered of a person, as JSON and as Markdown.

With what was forgotten, as far as a receipt says it: when, and what became of it. No
text of it is left to export.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import User
from chatapp.characters.models import Persona
from chatapp.memories.forgetting import AT_SERVICE
from chatapp.memories.known_by import who
from chatapp.memories.ledger import REPLACED_IN_LIST
from chatapp.memories.models import (
    HELD,
    Anchor,
    Atom,
    AtomState,
    Removal,
    Upstream,
    Why,
)
from chatapp.memories.slips import LABELS, USES
from chatapp.pipeline import Asked

VERSION = 1
STATES = {
    AtomState.PENDING: _("pending"),
    AtomState.SAVED: _("saved"),
    AtomState.FAILED: _("failed"),
    AtomState.WAITING: _("waiting"),
}
REASONS = {
    Why.FORGOTTEN: _("Forgotten."),
    Why.CORRECTED: _("Corrected."),
    Why.DECLINED: _("Declined."),
}
AT_ONCE = 2000


def as_json(user: User) -> str:
    """One object: `memories`, `removed`, and what they are."""
    told = {
        "format": "anchorage-memories",
        "version": VERSION,
        "exported_at": timezone.now().isoformat(timespec="seconds"),
        "memories": list(memories(user)),
        "removed": list(_removed(user)),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_markdown(user: User) -> str:
    """The same for reading, by who knows it and of what type."""
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for memory in memories(user):
        lines = [f"- {inline(memory['content'])}"]
        lines += [f"  > {inline(proof['quote'])}" for proof in memory["evidence"]]
        since = memory["learnt_at"][:10]
        facts = ngettext(
            "%(state)s, since %(since)s, recalled %(recalled)s time, used %(used)s",
            "%(state)s, since %(since)s, recalled %(recalled)s times, used %(used)s",
            memory["recalled"],
        ) % {**memory, "since": since, "state": STATES[memory["state"]]}
        lines.append(f"  *{facts}*")
        if memory["last_used_at"]:
            told = gettext("Last used on %(day)s.")
            lines.append(f"  *{told % {'day': memory['last_used_at'][:10]}}*")
        if memory["true_until"]:
            told = gettext("True until %(day)s: something else was said then.")
            lines.append(f"  *{told % {'day': memory['true_until'][:10]}}*")
        found[memory["known_by"]][memory["type"]].append("\n".join(lines))
    on = gettext("Exported on %(day)s.") % {"day": f"{timezone.localtime():%Y-%m-%d}"}
    parts = [f"# {gettext('What is remembered')}\n\n{on}"]
    for known_by in sorted(found):
        parts.append(f"## {known_by}")
        for kind, entries in found[known_by].items():
            parts.append(f"### {LABELS.get(kind, kind)}\n\n" + "\n".join(entries))
    if not found:
        parts.append(gettext("Nothing."))
    if removed := list(_removed(user)):
        parts.append(f"## {gettext('What was removed')}")
        parts.append("\n".join(map(_receipt, removed)))
    return "\n\n".join(parts) + "\n"


def memories(user: User) -> Iterator[dict[str, Any]]:
    """Each memory, also those of versions that are not shown now, oldest first."""
    kept = (*HELD, AtomState.WAITING)
    replaced = RawSQL(REPLACED_IN_LIST, [[]], output_field=BooleanField())
    atoms = (
        Atom.objects.filter(anchor__user=user, state__in=kept)
        .annotate(is_replaced=replaced)
        .select_related("anchor", "superseded_by")
        .prefetch_related("evidence__message")
        .order_by("created_at", "pk")
    )
    uses = _uses(user)
    roles = dict(Persona.objects.filter(owner=user).values_list("pk", "name"))
    names = {a.pk: who(a.lane, a.key) for a in Anchor.objects.filter(user=user)}
    for atom in atoms.iterator(chunk_size=AT_ONCE):
        recalled, used, used_at = uses.get(atom.pk, (0, 0, None))
        yield {
            "id": str(atom.pk),
            "known_by": names[atom.anchor_id],
            "type": atom.atom_type,
            "content": atom.content,
            "confidence": atom.confidence,
            "state": atom.state,
            "pinned": atom.pinned,
            "written_by_hand": atom.by_hand,
            "sensitive": atom.sensitive,
            "about": atom.about,
            "said_by": atom.speaker,
            "realm": atom.realm,
            "role": roles.get(atom.role, "") if atom.role else "",
            "on_date": str(atom.on_date or ""),
            "valid_from": _time(atom.valid_from),
            "superseded_by": str(atom.superseded_by_id or ""),
            "true_until": _time(_until(atom)),
            "learnt_at": _time(atom.created_at),
            "recalled": recalled,
            "used": used,
            "last_used_at": _time(used_at),
            "evidence": [
                {
                    "quote": proof.quote,
                    "message": str(proof.message_id),
                    "said_at": _time(proof.message.created_at),
                }
                for proof in atom.evidence.all()
            ],
        }


def _until(atom: Any) -> datetime | None:
    """When what is true instead was said; None for what is true still."""
    newer = atom.superseded_by
    return (newer.valid_from or newer.created_at) if atom.is_replaced else None


def _uses(user: User) -> dict[Any, Any]:
    ids = list(Atom.objects.filter(anchor__user=user).values_list("pk", flat=True))
    return {row[0]: row[1:] for row in Asked(USES, [ids]).all()} if ids else {}


def _removed(user: User) -> Iterator[dict[str, str]]:
    for removal in Removal.objects.filter(anchor__user=user).order_by("at"):
        yield {
            "why": removal.why,
            "at": _time(removal.at),
            "removed_at": _time(removal.erased_at),
            "memory_service": removal.upstream,
        }


def _receipt(removal: dict[str, str]) -> str:
    """One line: when, why, and what became of it at the service. No text is left."""
    why, upstream = REASONS[Why(removal["why"])], Upstream(removal["memory_service"])
    return f"- {removal['at'][:10]}: {why} {AT_SERVICE[upstream]}"


def _time(at: datetime | None) -> str:
    """On the clock in force, with its distance from UTC."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""


def inline(text: str) -> str:
    """The text on one line, and nothing in it that Markdown would take for its own."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|" else c for c in line)
