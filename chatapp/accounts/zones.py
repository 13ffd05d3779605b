"""In which zone a person's times are shown, and where that is known from.

The browser names its zone once, in a cookie (`static/js/page.js`); it is kept with the
person, who can change it. Until it is known, times are those of UTC and say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, tzinfo
from datetime import timezone as fixed
from functools import cache, cached_property
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

from chatapp.accounts.models import User

COOKIE = "zone"
UNKNOWN = fixed(timedelta(0), "UTC")
"""Stands for a zone that is not known yet; a person who chose UTC has another one."""
NAME = re.compile(r"UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}")
"""Of the database's names. What a machine calls "localtime" is nobody's zone."""
AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia"),
    *("Europe", "Indian", "Pacific"),
)


def named(name: str) -> ZoneInfo | None:
    """The zone of this name; None for one that is not in the database."""
    if len(name) > User.ZONE_CHARS or not NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None


def zone_of(user: User) -> tzinfo:
    """The person's zone, `UNKNOWN` while it is not known."""
    return named(user.zone) or UNKNOWN


def shown_to(user: User) -> AbstractContextManager[object]:
    """Show times in this person's zone, in what no request of theirs renders."""
    return timezone.override(zone_of(user))


def is_known() -> bool:
    """Whether the zone in force was named by somebody: times in it need no label."""
    current: tzinfo = timezone.get_current_timezone()
    if isinstance(current, AskedZone):
        current = current.zone
    return isinstance(current, ZoneInfo)


def label() -> str:
    """The name of the zone in force, for files that leave the site."""
    return str(timezone.get_current_timezone())


@cache
def choices() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every zone that a person may choose, by area."""
    known = sorted(available_timezones())
    areas = [
        (area, tuple(n for n in known if n.startswith(area + "/"))) for area in AREAS
    ]
    return (*(each for each in areas if each[1]), ("UTC", ("UTC",)))


class AskedZone(tzinfo):
    """A zone that is looked up when the first time is shown: most requests show none."""

    def __init__(self, ask: Callable[[], tzinfo]) -> None:
        self._ask = ask

    @cached_property
    def zone(self) -> tzinfo:
        """The zone itself."""
        return self._ask()

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """As the zone has it."""
        return self.zone.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        """As the zone has it."""
        return self.zone.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        """As the zone has it."""
        return self.zone.tzname(moment)

    def fromutc(self, moment: datetime) -> datetime:
        """The moment in the zone itself."""
        return self.zone.fromutc(moment.replace(tzinfo=self.zone))

    def __str__(self) -> str:
        return str(self.zone)
