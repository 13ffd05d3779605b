"""Correct or pin an atom: what the person says of themselves counts.

A correction is a new atom that supersedes the old one. The person's own words are its
evidence, so it stands without a message. The old one is masked at once, the new one is
used when the service has confirmed it.
"""

from __future__ import annotations

import uuid
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from chatapp.memories import forgetting, queue
from chatapp.memories.ledger import MOST_PINNED
from chatapp.memories.models import Anchor, Atom, AtomState, Removal, Why
from memory.extract import CONTENT_CHARS, clean

CORRECTABLE = (AtomState.SAVED, AtomState.PENDING, AtomState.FAILED)


class NotHere(Exception):
    """The atom can not be changed any more: it was let go."""


class NoText(Exception):
    """A correction needs 1 to `CONTENT_CHARS` characters."""


class TooManyPins(Exception):
    """As many are pinned as a prompt carries."""


def correct(atom_id: UUID, text: str) -> Atom:
    """Put what the person wrote in the atom's place; the atom that counts from now on.

    The same text changes nothing. Raises NoText, NotHere and Atom.DoesNotExist.
    """
    content = clean(text)
    if not content or len(content) > CONTENT_CHARS:
        raise NoText
    with transaction.atomic():
        old = forgetting.held(atom_id)
        if old.state not in CORRECTABLE:
            raise NotHere
        if old.content == content:
            return old
        now = timezone.now()
        new = Atom.objects.create(
            anchor_id=old.anchor_id,
            client_ref=uuid.uuid4(),
            atom_type=old.atom_type,
            content=content,
            confidence=1.0,
            source_type=old.source_type,
            speaker="user",
            about=old.about,
            realm=old.realm,
            role=old.role,
            sensitive=old.sensitive,
            valid_from=now,
            pinned=old.pinned,
            by_hand=True,
        )
        forgetting.let_go(old, Why.CORRECTED, AtomState.WITHDRAWN)
        # What the old one was true instead of is not true again by that.
        Atom.objects.filter(superseded_by=old).update(superseded_by=new)
        Atom.objects.filter(pk=old.pk).update(superseded_by=new, pinned=False)
        keep(old.anchor_id)
    return new


def undo_correction(atom_id: UUID) -> Atom:
    """Put the old atom back in this one's place; returns it. Raises TooLate.

    An atom that corrects none comes back as it is.
    """
    with transaction.atomic():
        new = forgetting.held(atom_id)
        replaced = Removal.objects.filter(
            why=Why.CORRECTED, atom__superseded_by=new
        ).first()
        if replaced is None:
            return new
        forgetting.undo(replaced.atom_id)
        others = Atom.objects.filter(superseded_by=new).exclude(pk=replaced.atom_id)
        others.update(superseded_by=replaced.atom_id)
        Atom.objects.filter(pk=replaced.atom_id).update(
            superseded_by=None, pinned=new.pinned
        )
        if new.state in forgetting.LEAVES:
            forgetting.let_go(new, Why.DECLINED, AtomState.FORGOTTEN, undo_s=0)
        return Atom.objects.get(pk=replaced.atom_id)


def pin(atom_id: UUID) -> None:
    """Have it carried into every prompt. Raises TooManyPins, NotHere."""
    with transaction.atomic():
        atom = forgetting.held(atom_id)
        if atom.state not in CORRECTABLE:
            raise NotHere
        # Whoever pins in the same scope waits here, so that the count is exact.
        Anchor.objects.select_for_update(no_key=True).get(pk=atom.anchor_id)
        pinned = Atom.objects.filter(
            anchor=atom.anchor_id, pinned=True, state__in=CORRECTABLE
        ).exclude(pk=atom.pk)
        if pinned.count() >= MOST_PINNED:
            raise TooManyPins
        Atom.objects.filter(pk=atom.pk).update(pinned=True)


def unpin(atom_id: UUID) -> None:
    """Have it recalled like any other; unpinned, it stays so."""
    Atom.objects.filter(pk=atom_id).update(pinned=False)


def keep(anchor_id: UUID) -> None:
    """Have the scope's pending atoms stored by a job, part of the transaction."""
    job = app.configure_task(
        "renew_anchor",
        lock=str(anchor_id),
        queueing_lock=f"renew {anchor_id}",
        queue=queue.LEARN,
    )
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            job.defer(anchor_id=str(anchor_id), lost="")
    except AlreadyEnqueued:
        return  # it has not begun, and finds this one too
