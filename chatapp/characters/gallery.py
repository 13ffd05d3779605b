"""Everybody one can talk to, looked through in pages: found by words, tag and kind.

The database searches, counts and cuts, and never reads a card for it, so that two
thousand characters cost a page no more than twenty. A page goes on behind the last
tile of the one before, not at a count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Left, Lower
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator

from chatapp.accounts.models import User
from chatapp.characters.kept import Favourite
from chatapp.characters.models import Character, accent, portrait
from chatapp.characters.visible import visible_to
from chatapp.pipeline import Asked

Kind = Literal["all", "favourites", "mine", "builtin"]
Sort = Literal["new", "name"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SORTS: tuple[Sort, ...] = get_args(Sort)
PAGE = 24
MOST_TAGS = 30
DESCRIPTION_CHARS = 400
SHOWN_CHARS = 180
TAGS = """
    SELECT tag, count(*) FROM characters_character AS character,
           unnest(character.tags) AS tag
    WHERE (character.owner_id IS NULL OR character.owner_id = %(user)s)
      AND character.deleted_at IS NULL AND NOT character.is_tutor
    GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %(most)s
"""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; `after` is where the page before ended."""

    query: str = ""
    kind: Kind = "all"
    tag: str = ""
    sort: Sort = "new"
    after: str = ""


@dataclass(frozen=True)
class Tile:
    """A character in the gallery; its own addresses stand below `url`."""

    slug: str
    url: str
    name: str
    tagline: str
    description: str
    portrait: str
    hue: int
    tags: Sequence[str]
    is_own: bool
    is_favourite: bool
    needs_preview: bool


@dataclass(frozen=True)
class Page:
    """A page of tiles; `after` asks for the next one, "" when this is the last."""

    tiles: Sequence[Tile]
    after: str


def page(user: User | AnonymousUser, wanted: Wanted) -> Page:
    """The tiles behind `wanted.after`, in one query."""
    liked = Favourite.objects.filter(user=user.pk, character=OuterRef("pk"))
    rows = matching(user, wanted).annotate(sorted_name=Lower("name"))
    found = _behind(rows, wanted).values(
        *("pk", "slug", "name", "tagline", "avatar", "hue", "tags", "owner", "image"),
        *("created_at", "needs_preview", "sorted_name"),
        about=Left("description", DESCRIPTION_CHARS),
        liked=Exists(liked) if user.is_authenticated else Value(value=False),
    )
    tiles = [dict(row) for row in found[: PAGE + 1]]
    is_last = len(tiles) <= PAGE
    shown = tiles[:PAGE]
    base = reverse("characters:gallery")  # once: it costs as much as the rest of a tile
    return Page(
        tiles=[
            Tile(
                slug=row["slug"],
                url=address(row["slug"], base),
                name=row["name"],
                tagline=row["tagline"],
                description=Truncator(" ".join(row["about"].split())).chars(
                    SHOWN_CHARS
                ),
                portrait=portrait(row["avatar"], row["image"]),
                hue=accent(row["hue"]),
                tags=row["tags"],
                is_own=row["owner"] is not None,
                is_favourite=row["liked"],
                needs_preview=row["needs_preview"],
            )
            for row in shown
        ],
        after="" if is_last else _place(shown[-1], wanted.sort),
    )


def address(slug: str, base: str = "") -> str:
    """Where what one does with a character has its addresses."""
    return f"{base or reverse('characters:gallery')}{slug}/"


def matching(user: User | AnonymousUser, wanted: Wanted) -> QuerySet[Character]:
    """Whom this person can talk to and who fits; every word has to occur."""
    found = visible_to(user)
    if wanted.kind == "mine":
        found = found.filter(owner__isnull=False)
    elif wanted.kind == "builtin":
        found = found.filter(owner=None)
    elif wanted.kind == "favourites":
        liked = Favourite.objects.filter(user=user.pk, character=OuterRef("pk"))
        found = found.filter(Exists(liked))
    if wanted.tag:
        found = found.filter(tags__contains=[wanted.tag.lower()])
    for word in wanted.query.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(tagline__icontains=word)
            | Q(description__icontains=word)
            | Q(tags__contains=[word.lower()])
        )
    return found


def tags(user: User | AnonymousUser) -> list[tuple[str, int]]:
    """The tags that most of their characters have, with how many."""
    values = {"user": user.pk or 0, "most": MOST_TAGS}
    return [(str(tag), int(count)) for tag, count in Asked(TAGS, values).all()]


def favour(user: User, character: Character, *, on: bool) -> None:
    """Make it a favourite, or no longer; again changes nothing."""
    if on:
        Favourite.objects.get_or_create(user=user, character=character)
    else:
        Favourite.objects.filter(user=user, character=character).delete()


def _behind(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    if wanted.sort == "name":
        ordered = rows.order_by("sorted_name", "pk")
        name, _, pk = wanted.after.rpartition("|")
        if pk.isdecimal():
            later = Q(sorted_name=name, pk__gt=int(pk)) | Q(sorted_name__gt=name)
            ordered = ordered.filter(later)
        return ordered
    ordered = rows.order_by("-created_at", "-pk")
    text, _, pk = wanted.after.rpartition("|")
    at = _time(text)
    if at is not None and pk.isdecimal():
        older = Q(created_at=at, pk__lt=int(pk)) | Q(created_at__lt=at)
        ordered = ordered.filter(older)
    return ordered


def _time(text: str) -> datetime | None:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _place(row: Mapping[str, Any], sort: Sort) -> str:
    if sort == "name":
        return f"{row['sorted_name']}|{row['pk']}"
    return f"{row['created_at'].isoformat()}|{row['pk']}"
