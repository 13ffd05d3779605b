"""What the memory service, the model and the database do to the site while people talk.

Each fault stands for a number of turns, then the upstream is well again. Every turn has
to be answered meanwhile (but for those whose model or database is away), and everything
has to be stored once afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fakes.maas import error
from tests.fakes.server import Answer, Pause
from tests.faults.kills import Load
from tests.faults.ledger import Ledger, Verdict, now
from tests.faults.maas import busy
from tests.faults.model import fact
from tests.faults.page import LivePage
from tests.faults.people import Person, guest, settled, talking, turns
from tests.faults.proxy import Fault
from tests.faults.stand import Proxies, Stand
from tests.faults.table import Row

MAAS_PATHS = ("/v1/anchors", "/v1/atoms", "/v1/recall", "/v1/feedback")
ATOM_BYTES = 60
"""Of an answer: within its head, so that the client has nothing to read."""
FIRST_FIVE = 5
DRAIN_S = 150.0


@dataclass(frozen=True)
class Upstream:
    """One fault: how it begins. `told`: what is refused for good counts as told."""

    begin: Callable[[Stand, Proxies], None]
    told: bool = False
    seconds: float = 0.0  # it stands at least this long, besides its turns


def _slow(stand: Stand, _: Proxies) -> None:
    for path in MAAS_PATHS:
        stand.maas.slow[path] = Pause(3)


def _errors(stand: Stand, _: Proxies) -> None:
    for path in MAAS_PATHS:
        stand.maas.queue(path, *[error(500)] * 6)


def _busy(retry_after: str) -> Callable[[Stand, Proxies], None]:
    def begin(stand: Stand, _: Proxies) -> None:
        for path in MAAS_PATHS:
            stand.maas.queue(path, *[busy(retry_after)] * 6)

    return begin


def _half(_: Stand, proxies: Proxies) -> None:
    proxies.maas.fault = Fault(after=ATOM_BYTES, ending="cut")


def _wrong_schema(stand: Stand, _: Proxies) -> None:
    for path in ("/v1/recall", "/v1/feedback", "/v1/anchors"):
        stand.maas.queue(path, *[Answer(200, {"surprise": [1, 2]})] * 6)


def _accepted_but_cut(stand: Stand, _: Proxies) -> None:
    for path in MAAS_PATHS:
        stand.maas.cut_after[path] = 6


def _away(_: Stand, proxies: Proxies) -> None:
    proxies.maas.refuse()


def _model(fault: Fault) -> Callable[[Stand, Proxies], None]:
    def begin(_: Stand, proxies: Proxies) -> None:
        proxies.model.fault = fault

    return begin


def _database(fault: Fault | None) -> Callable[[Stand, Proxies], None]:
    def begin(_: Stand, proxies: Proxies) -> None:
        if fault is None:
            proxies.database.end_all(reset=True)
        else:
            proxies.database.fault = fault

    return begin


FAULTS: Mapping[str, Upstream] = {
    "maas_slow": Upstream(_slow),
    "maas_500_then_fine": Upstream(_errors),
    "maas_429": Upstream(_busy("")),
    "maas_429_retry_after": Upstream(_busy("1")),
    "maas_half_an_answer": Upstream(_half, seconds=2),
    "maas_wrong_schema": Upstream(_wrong_schema, told=True),
    "maas_accepted_but_cut": Upstream(_accepted_but_cut),
    "model_wire_cut": Upstream(_model(Fault(after=1500, ending="cut"))),
    "model_wire_stalls": Upstream(_model(Fault(after=1500, ending="stall")), seconds=4),
    "model_wire_reset": Upstream(_model(Fault(after=1500, ending="reset"))),
    "model_wire_slow": Upstream(_model(Fault(delay_s=0.3))),
    "database_reset": Upstream(_database(None)),
    "database_slow": Upstream(_database(Fault(delay_s=0.02))),
    "database_stalls": Upstream(_database(Fault(ending="stall")), seconds=3),
    "database_cut": Upstream(_database(Fault(after=9000, ending="cut")), seconds=2),
}


async def upstream(stand: Stand, name: str, times: int, load: Load) -> Row:
    """This fault, `times` times, while people talk."""
    row = Row(name)
    fault, proxies = FAULTS[name], stand.proxies
    assert proxies is not None
    ledger = Ledger()
    async with talking(stand, ledger, load.people):
        for _ in range(times):
            await turns(ledger, load.turns)
            fault.begin(stand, proxies)
            stands = now() + fault.seconds
            # With the database away nobody can be acknowledged: time alone counts.
            if not name.startswith("database"):
                await turns(ledger, load.turns)
            await asyncio.sleep(max(0.0, stands - now()))
            proxies.heal()
            stand.maas.reset()
            began = now()
            await turns(ledger, 1)
            row.recovered(now() - began)
    verdict = ledger.audit(stand)
    away = name.startswith("database")
    row.judge(_told(verdict) if fault.told else verdict, ends_writers=away)
    return row


async def maas_away(stand: Stand, seconds: float) -> Row:
    """The memory service is gone for a while: what turns gain, and how it catches up."""
    row = Row("maas_away")
    assert stand.proxies is not None
    ledger = Ledger()
    async with guest(stand, ledger) as person, person.conversation() as page:
        usual = [await _first_word(person, page) for _ in range(FIRST_FIVE)]
        await settled(stand, ledger)
        known = len(stand.maas.order)
        _away(stand, stand.proxies)
        began = now()
        away: list[float] = []
        while now() - began < seconds or len(away) <= 2 * FIRST_FIVE:
            away.append(await _first_word(person, page))
        stand.proxies.heal()
        began = now()
        await settled(stand, ledger)
        row.recovered(now() - began)
        if (took := now() - began) > DRAIN_S:
            ledger.problems.append(f"the backlog was stored after {took:.0f} s")
        await person.compare(page)
    plain = sorted(usual)[len(usual) // 2]
    later = sorted(away[FIRST_FIVE:])
    row.figures = {
        "away_s": seconds,
        "usual_ms_p50": round(plain * 1000, 1),
        "first_five_gain_ms_max": round((max(away[:FIRST_FIVE]) - plain) * 1000, 1),
        "later_gain_ms_p50": round((later[len(later) // 2] - plain) * 1000, 1),
    }
    verdict = ledger.audit(stand)
    said = [fact(sent.name) for sent in ledger.acknowledged]
    stored = stand.maas.order[known:]
    if stored != [content for content in said if content in set(stored)]:
        verdict.lost.append("the backlog was not stored in the order it was said in")
    row.judge(verdict)
    return row


async def _first_word(person: Person, page: LivePage) -> float:
    """Seconds from the acknowledged message to the first word of its reply."""
    before = set(page.heard)
    sent = await person.say(page)
    fresh = [page.heard[name][0][0] for name in page.heard if name not in before]
    return min(fresh, default=now()) - sent.acknowledged


def _told(verdict: Verdict) -> Verdict:
    """Without what is shown to the person as not remembered: it was refused for good."""
    verdict.lost = [p for p in verdict.lost if not p.endswith("is failed")]
    return verdict
