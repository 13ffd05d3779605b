"""Takes a file that a person brought: a character or a lorebook, whole or not at all.

Decoding comes first and touches no row; two files at a time, so that what many people
bring at once takes the memory of two. Then one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import BinaryIO, Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from chatapp.characters import picture
from chatapp.characters.authored import number_of, theme_in
from chatapp.characters.formats.reading import Brought, BroughtBook, read
from chatapp.characters.formats.refusal import Refused
from chatapp.characters.lore.shelf import MOST_BOOKS
from chatapp.characters.models import Character, Lorebook, new_slug
from chatapp.characters.taking import one_line, take
from chatapp.characters.visible import own

BOOK_NAME_CHARS = 120
NAMESAKES = 5
"""The newest ones of the same name are looked through for the same card."""
Outcome = Literal["character", "lorebook", "same", "refused"]
_decoding = BoundedSemaphore(2)


@dataclass(frozen=True)
class Report:
    """What became of one file. `problem` says why it was refused."""

    file: str
    outcome: Outcome
    character: Character | None = None
    book: Lorebook | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


def bring(user: User, file: BinaryIO, name: str) -> Report:
    """Keep what is in the file, for this person; never raises for what is in it."""
    shown = one_line(name, 100)
    try:
        with _decoding:
            brought = read(file)
            if isinstance(brought, BroughtBook):
                return _book(user, brought, shown)
            brought, drawn = _drawn(brought)
        return _character(user, brought, drawn, shown)
    except Refused as exc:
        return Report(shown, "refused", problem=str(exc))


def _drawn(brought: Brought) -> tuple[Brought, picture.Picture | None]:
    """Its picture, made anew. A card whose icon is of another kind comes without one.

    V3 allows an icon of any kind, and what it says does not hang on that.
    """
    if brought.picture is None:
        return brought, None
    try:
        return brought, picture.redrawn(brought.picture)
    except picture.OtherKind:
        if brought.container == "png":
            raise
    note = _("Its picture is no PNG, JPEG or WebP and was left out.")
    card = replace(brought.card, notes=(*brought.card.notes, note))
    return replace(brought, card=card), None


def _character(
    user: User, brought: Brought, drawn: picture.Picture | None, file: str
) -> Report:
    card = brought.card
    character = Character(owner=user, slug=new_slug(), needs_preview=True)
    take(character, card.data)
    character.envelope = card.envelope
    character.theme = theme_in(card.data)
    with transaction.atomic():
        _check_room(user)
        namesakes = own(user).filter(name=character.name).order_by("-pk")[:NAMESAKES]
        for same in namesakes:
            is_same = (same.card, same.envelope) == (card.data, card.envelope)
            if is_same and (drawn is None or _wears(same, drawn)):
                return Report(file, "same", same)
        if drawn is not None:
            character.image = picture.kept(drawn, user)
            character.hue = character.hue if drawn.hue is None else drawn.hue
        character.save(force_insert=True)
    notes = list(card.notes)
    if namesakes:
        notes.append(_("You have another character of this name; both are kept."))
    return Report(file, "character", character, notes=tuple(notes))


def _wears(character: Character, drawn: picture.Picture) -> bool:
    """Whether this is its picture, or its owner has chosen another one since."""
    if character.image is not None and character.image.sha256 == picture.digest(drawn):
        return True
    return number_of(character) > 0


def _check_room(user: User) -> None:
    """Refuse when the person has as many as they may. Locks their row until the end."""
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    most = settings.GUEST_CHARACTERS if row.is_guest else settings.OWN_CHARACTERS
    if own(row).count() >= most:
        raise Refused(
            _("You have %(count)s characters, the most there may be. Delete one first.")
            % {"count": f"{most:,}"}
        )


def _book(user: User, brought: BroughtBook, file: str) -> Report:
    name = brought.name or file.rpartition(".")[0] or file or _("Lorebook")
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        books = Lorebook.objects.filter(owner=row)
        if books.count() >= MOST_BOOKS:
            raise Refused(
                _("You have %(count)s lorebooks, the most there may be.")
                % {"count": MOST_BOOKS}
            )
        name = one_line(name, BOOK_NAME_CHARS)
        for same in books.filter(name=name):
            if same.data == brought.data:
                return Report(file, "same", book=same)
        # Off: it would speak in every conversation, and its owner has not seen it yet.
        book = books.create(owner=row, name=name, data=brought.data, is_on=False)
    return Report(file, "lorebook", book=book, notes=brought.notes)
