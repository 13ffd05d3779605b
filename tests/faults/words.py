"""What a model may say wrongly: each way breaks its replies, and nothing else.

A reply's words are those that it would have had; `Broken` says how they go out and how
the reply may end. Each ends in a defined state, with a sentence for the person.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.fakes import llm
from tests.fakes.llm import DONE, event, stream, words
from tests.fakes.server import CUT, HANG, Answer, Drip, Part
from tests.faults.ledger import Ledger, Verdict, now
from tests.faults.people import STUCK_S, Person, guests, settled
from tests.faults.stand import Stand
from tests.faults.table import Row

PEOPLE = 4
HALF = 12
"""Words that come before a stream breaks in its middle."""
EVERY = 10
BIG_LINE = 10 * 1024 * 1024
ENDLESS_WORDS = 60_000
"""More than an endless model says within its time."""
TECHNICAL = re.compile(
    r"Traceback|Exception|HTTP|JSON|SSE|upstream|\{|httpx|openai|<html|127\.0\.0\.1"
)
ENDINGS = """
    SELECT m.key::text, g.status, g.problem FROM conversations_generation g
    JOIN conversations_message r ON r.id = g.message_id
    JOIN conversations_message m ON m.id = r.parent_id
    WHERE m.key = ANY(%s::uuid[])
"""


@dataclass(frozen=True)
class Broken:
    """How the words of a reply go out: the answer, and what of it is said in all."""

    says: Callable[[str], tuple[Answer, str]]
    ends_as: str = "failed"


def _first(text: str, count: int) -> str:
    return " ".join(text.split(" ")[:count])


def _half(text: str, *after: Part) -> tuple[Answer, str]:
    return stream([*words(_first(text, HALF), 0.01), *after]), text


def _instead(answer: Answer) -> Callable[[str], tuple[Answer, str]]:
    return lambda _: (answer, "")


def _cut_at_every_tenth() -> Callable[[str], tuple[Answer, str]]:
    """Cut behind 0, 10, 20 and so on words, as far as there are any."""
    number = itertools.count()

    def says(text: str) -> tuple[Answer, str]:
        most = len(text.split(" ")) // EVERY + 1
        said = _first(text, EVERY * (next(number) % most))
        return stream([*(words(said, 0.01) if said else ()), CUT]), text

    return says


def _filtered(text: str) -> tuple[Answer, str]:
    ending = [event({}, finish="content_filter"), DONE]
    return stream([event({"role": "assistant"}), *ending]), text


def _big_line(text: str) -> tuple[Answer, str]:
    line = json.dumps({"choices": [{"delta": {"content": "x" * BIG_LINE}}]})
    return _half(text, f"data: {line}\n\n".encode(), DONE)


def _endless(text: str) -> tuple[Answer, str]:
    name = text.partition("-")[0]

    def word(number: int) -> bytes:
        return event({"content": f"{name}-{number} "})

    whole = " ".join(f"{name}-{number}" for number in range(ENDLESS_WORDS))
    return stream([Drip(word, 0.005, threading.Event())]), whole


def _split(text: str) -> tuple[Answer, str]:
    return llm.split_utf8(text), text


FAULTS: Mapping[str, Callable[[], Broken]] = {
    "model_no_first_token": lambda: Broken(_instead(llm.never_starts())),
    "model_stalls_in_mid_stream": lambda: Broken(lambda text: _half(text, HANG)),
    "model_cut_at_every_tenth": lambda: Broken(_cut_at_every_tenth()),
    "model_invalid_sse": lambda: Broken(
        lambda text: _half(text, b"data: {not json\n\n", DONE)
    ),
    "model_split_utf8": lambda: Broken(_split, "complete"),
    "model_empty": lambda: Broken(_instead(llm.empty())),
    "model_endless": lambda: Broken(_endless),
    "model_10_mb_line": lambda: Broken(_big_line),
    "model_401": lambda: Broken(_instead(llm.refused(401, "invalid_api_key"))),
    "model_429": lambda: Broken(
        _instead(llm.refused(429, "rate_limit_exceeded", retry_after="1"))
    ),
    "model_500": lambda: Broken(_instead(llm.refused(500, "server_error"))),
    "model_content_filter": lambda: Broken(_filtered),
    "model_html_page": lambda: Broken(_instead(llm.html_page())),
}
"""By their names in the table."""


async def said_wrongly(stand: Stand, name: str, times: int) -> Row:
    """Replies broken in this way, and a good one behind them for each person.

    Recovery is from the message being taken to the reply's end on its page.
    """
    row = Row(name)
    broken = FAULTS[name]()
    ledger = Ledger()
    async with guests(stand, ledger, min(PEOPLE, times)) as people:
        with _broken(stand, broken):
            share = -(-times // len(people))
            asked = await asyncio.gather(*(_say(p, share, row) for p in people))
        keys = [key for each in asked for key in each]
        await asyncio.gather(*(_say(person, 1) for person in people))
        await settled(stand, ledger)
    verdict = ledger.audit(stand)
    _judge_endings(stand, keys, broken, verdict)
    row.judge(verdict)
    return row


async def _say(person: Person, times: int, row: Row | None = None) -> list[str]:
    keys = []
    async with person.conversation() as page:
        for _ in range(times):
            sent = await person.say(page, wait=False)
            keys.append(sent.key)
            article = await page.finished(sent.reply, within=STUCK_S)
            if row is not None:
                row.recovered(now() - sent.acknowledged)
            if (article.status == "complete") == bool(article.problem):
                what = f"shows {article.status} and says {article.problem!r}"
                person.ledger.problems.append(f"the reply to {sent.name} {what}")
        await person.compare(page)
    return keys


def _judge_endings(
    stand: Stand, keys: list[str], broken: Broken, verdict: Verdict
) -> None:
    for found in stand.rows(ENDINGS, keys):
        status, problem = found["status"], found["problem"]
        if status != broken.ends_as:
            verdict.lost.append(f"a reply ended as {status}, not as {broken.ends_as}")
        if status != "complete" and (
            len(problem.split()) < 4 or TECHNICAL.search(problem)
        ):
            verdict.lost.append(f"nobody can read why a reply ended: {problem!r}")


@contextmanager
def _broken(stand: Stand, broken: Broken) -> Iterator[None]:
    stand.model.broken = broken.says
    try:
        yield
    finally:
        stand.model.broken = None
