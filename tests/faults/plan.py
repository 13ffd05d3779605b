"""What a run injects, how often, and on which stand: the groups of faults."""

from __future__ import annotations

import argparse
import math
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

from tests.faults import kills, tabs, upstream, words
from tests.faults.kills import Load
from tests.faults.points import POINTS
from tests.faults.stand import Stand, standing
from tests.faults.table import Row, Table

DISK = "size=300m"
MOUNT_REFUSED = "mounting a small tmpfs takes root"
FEW = 6
"""People where a fault and not the load is to be looked at."""
SHORTEST_S = 2.0
Standing = Callable[[], AbstractContextManager[Stand | str]]
"""A stand, or why there can be none here."""
Run = Callable[[Stand, Mapping[str, int]], Awaitable[list[Row]]]


@dataclass(frozen=True)
class Amounts:
    """How much of everything: the options of a run, times its share."""

    kills: int
    each: int
    several: int
    turns: int
    people: int
    times: int
    replies: int
    tabs: int
    away: float
    offline: float
    asleep: float
    streams: int
    jumps: int

    OPTIONS: ClassVar[Mapping[str, tuple[int | float, str]]] = {
        "kills": (500, "kills at random moments, shared out among the kinds"),
        "each": (20, "kills at each named point"),
        "several": (120, "kills beside two web servers, shared out among the kinds"),
        "turns": (10_000, "turns during the kills, at least"),
        "people": (16, "who talk meanwhile"),
        "times": (5, "each fault of memory service, model's wire and database"),
        "replies": (20, "replies broken in each way by the model"),
        "tabs": (500, "disconnections, reloads and further tabs"),
        "away": (600.0, "seconds without the memory service, in one piece"),
        "offline": (10.0, "seconds of a page without a network"),
        "asleep": (30.0, "seconds for which an hour's sleep stops everything"),
        "streams": (50, "replies that run at a deploy"),
        "jumps": (10, "jumps of the clock"),
    }
    FIXED: ClassVar[frozenset[str]] = frozenset({"people", "streams", "offline"})

    @classmethod
    def of(cls, options: argparse.Namespace) -> Amounts:
        """The options; `--share` shrinks all but how many take part.

        An outage of the memory service takes a tenth of the minutes at most.
        """
        found = {}
        for each in fields(cls):
            amount = getattr(options, each.name)
            if each.name not in cls.FIXED:
                amount *= options.share
                kind = type(cls.OPTIONS[each.name][0])
                amount = math.ceil(amount) if kind is int else max(SHORTEST_S, amount)
            found[each.name] = amount
        found["away"] = min(found["away"], options.minutes * 60 / 10)
        return cls(**found)


@dataclass(frozen=True)
class Work:
    """Faults that are injected together, with how often each in the whole run."""

    goals: Mapping[str, int]
    inject: Run

    def __iter__(self) -> Iterator[str]:
        return iter(self.goals)

    def left(self, found: Table, number: int, rounds: int) -> dict[str, int]:
        """What is missing of each by the end of this round."""
        missing = {
            name: math.ceil(goal * number / rounds) - found.done(name)
            for name, goal in self.goals.items()
        }
        return {name: times for name, times in missing.items() if times > 0}

    async def run(self, stand: Stand, times: Mapping[str, int]) -> list[Row]:
        """Inject so many of each."""
        return await self.inject(stand, times)


@dataclass(frozen=True)
class Group:
    """Faults that need the same kind of stand."""

    name: str
    stand: Standing
    works: Sequence[Work]


def groups(amounts: Amounts, only: Sequence[str] = ()) -> Sequence[Group]:
    """All groups; `only` names groups or faults, none of them means all."""
    found = [
        Group("upstream", _proxied, _upstream(amounts)),
        Group("words", _proxied, _words(amounts)),
        Group("pages", _proxied, _pages(amounts)),
        Group("disk", _small_stand, _disk(amounts)),
        Group("several", _two_webs, _several(amounts)),
        Group("kills", standing, _kills(amounts)),
        Group("points", standing, _points(amounts)),
    ]
    if not only:
        return found
    return [
        Group(group.name, group.stand, works)
        for group in found
        if (works := [w for w in group.works if {group.name, *w} & set(only)])
    ]


def _one(name: str, goal: int, inject: Callable[[Stand, int], Awaitable[Row]]) -> Work:
    async def run(stand: Stand, times: Mapping[str, int]) -> list[Row]:
        return [await inject(stand, times[name])]

    return Work({name: goal}, run)


def _load(amounts: Amounts) -> Load:
    """The turns are shared out among the kills, so that there are enough of them."""
    killed = amounts.each * len(POINTS) + amounts.kills
    return Load(amounts.people, max(1, math.ceil(amounts.turns / max(1, killed))))


def _points(amounts: Amounts) -> Sequence[Work]:
    load = _load(amounts)

    def work(points: tuple[str, ...]) -> Work:
        by_name = {kills.name_of(point): point for point in points}

        async def run(stand: Stand, times: Mapping[str, int]) -> list[Row]:
            some = {by_name[name]: count for name, count in times.items()}
            return await kills.kill_at_points(stand, some, load)

        return Work(dict.fromkeys(by_name, amounts.each), run)

    return [work(points) for points in kills.pairs()] if amounts.each else []


def _random(kind: str, name: str, goal: int, load: Load) -> Work:
    return _one(name, goal, lambda s, times: kills.kill_at_random(s, kind, times, load))


def _kills(amounts: Amounts) -> Sequence[Work]:
    goal, load = math.ceil(amounts.kills / len(kills.KINDS)), _load(amounts)
    return [_random(kind, kind, goal, load) for kind in kills.KINDS]


def _several(amounts: Amounts) -> Sequence[Work]:
    kinds = (*kills.KINDS, "redis_hangs")
    goal, load = math.ceil(amounts.several / len(kinds)), _load(amounts)
    return [_random(kind, f"web2_{kind}", goal, load) for kind in kinds]


def _upstream(amounts: Amounts) -> Sequence[Work]:
    load = Load(min(amounts.people, FEW), FEW)

    def work(name: str) -> Work:
        return _one(
            name, amounts.times, lambda s, n: upstream.upstream(s, name, n, load)
        )

    away = _one("maas_away", 1, lambda s, _: upstream.maas_away(s, amounts.away))
    return [*map(work, upstream.FAULTS), away]


def _words(amounts: Amounts) -> Sequence[Work]:
    def work(name: str) -> Work:
        return _one(name, amounts.replies, lambda s, n: words.said_wrongly(s, name, n))

    return [work(name) for name in words.FAULTS]


def _pages(amounts: Amounts) -> Sequence[Work]:
    load = Load(min(amounts.people, FEW), FEW)
    return [
        _one(
            "page_offline",
            amounts.times,
            lambda s, n: tabs.offline(s, n, amounts.offline),
        ),
        _one("page_disconnects", amounts.tabs, tabs.tabs),
        _one("page_not_reading", 1, lambda s, _: tabs.not_reading(s)),
        _one("asleep", 1, lambda s, _: tabs.asleep(s, amounts.asleep, load)),
        _one("clock_jumps", amounts.jumps, lambda s, n: tabs.clock_jumps(s, n, load)),
        _one("deploy", 1, lambda s, _: tabs.deploy(s, amounts.streams)),
    ]


def _disk(amounts: Amounts) -> Sequence[Work]:
    load = Load(min(amounts.people, FEW), FEW)
    return [
        _one(
            "database_disk_full", amounts.times, lambda s, n: tabs.disk_full(s, n, load)
        )
    ]


def _proxied() -> AbstractContextManager[Stand]:
    return standing(proxied=True)


def _two_webs() -> AbstractContextManager[Stand]:
    return standing(webs=2)


@contextmanager
def _small_stand() -> Iterator[Stand | str]:
    with _small_disk() as disk:
        if disk is None:
            yield MOUNT_REFUSED
            return
        with standing(data=disk / "var") as stand:
            yield stand


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    """A directory with little room; None where it may not be made."""
    with tempfile.TemporaryDirectory(prefix="anchorage-disk-") as made:
        path = Path(made)
        path.chmod(0o755)
        command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(path)]
        mounted = False
        with suppress(OSError):
            done = subprocess.run(command, capture_output=True, check=False)
            mounted = done.returncode == 0
        try:
            yield path if mounted else None
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", str(path)], check=False)
