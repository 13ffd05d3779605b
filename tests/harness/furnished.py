"""A person who has used everything, so that each page has something to show.

Made over HTTP, as a browser would: whatever stands on the pages came in by their forms.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx

from tests.characters.formats import card_files
from tests.harness.site import Site
from tests.harness.visitor import Visitor
from tests.harness.waiting import eventually

PASSWORD = "the-harbour-at-noon"
COURSE = "computer-networks"
SAID = ("I like long walks in the rain.", "My sister Marta plays the cello.")
DELICATE = "I'm allergic to peanuts."
BOUNDARY = "Please don't ask about my brother."
CHARACTER = {
    "name": "Odile Marchetti-Vanderbilt",
    "tagline": "Restores tower clocks, and is never on time herself.",
    "description": "{{char}} restores tower clocks in towns that forgot them.",
    "personality": "Patient with brass, short with people.",
    "first_mes": "{{user}}! Hold this spring, and do not let go.",
    "tags": "clocks, dry humour",
    "number": "0",
}
PRACTISED = """
from django.utils import timezone
from chatapp.accounts.models import User
from tests.tutor.people.history import Past
from tutor.models import Course
course = Course.objects.get(slug="computer-networks")
for pk in {ids}:
    past = Past(User.objects.get(pk=pk), course, timezone.now())
    past.reached("octets", days_ago=40)
    for item, days in (("octet-largest", 2), ("octet-impossible", 1)):
        past.answered(item, ok=False, days_ago=days, says="two hundred and fifty-six",
                      misconception="octet-reaches-256")
"""


@dataclass(frozen=True)
class Furnished:
    """Cookies of the session, and what the addresses of pages are made of."""

    username: str
    cookies: list[dict[str, str]]
    of: dict[str, str]

    def path(self, pattern: str) -> str:
        """An address with this person's own ids in it."""
        return pattern.format(**self.of)


async def furnish(site: Site) -> Furnished:
    """A new person with an account, and a class with three learners beside."""
    async with AsyncExitStack() as stack:
        me, *learners = [
            await stack.enter_async_context(Visitor.visiting(site)) for _ in range(4)
        ]
        username = f"mina{uuid.uuid4().hex[:8]}"
        await _ok(
            me,
            "/claim/",
            {
                "username": username,
                "password1": PASSWORD,
                "email": f"{username}@example.org",
            },
        )
        pk = _one(site, "SELECT id FROM accounts_user WHERE username = %s", username)
        parts = await asyncio.gather(
            _talks(site, me),
            _written(site, me, pk),
            _class(site, me, learners, pk),
            _orders(me),
        )
        of = {name: value for part in parts for name, value in part.items()}
        cookies = [
            {"name": name, "value": value, "url": site.url}
            for name, value in me.client.cookies.items()
        ]
        return Furnished(username, cookies, of)


async def _talks(site: Site, me: Visitor) -> dict[str, str]:
    """Conversations: one with memory and versions, one filed away, one brought."""
    other = await me.start("teodor")
    await _said(site, me, other, BOUNDARY)
    await _ok(
        me, f"/c/{other}/rename/", {"title": "What the harbour master never told us"}
    )
    await _ok(me, f"/c/{other}/move/", {"new": "Evenings"})
    await _ok(me, f"/c/{other}/pin/", {"on": "yes"})
    gone = await me.start("teodor")
    await _ok(me, f"/c/{gone}/archive/", {"on": "yes"})
    lines = [{"user_name": "Mina", "character_name": "Ailsa"}] + [
        {"is_user": n % 2 == 0, "mes": f"Line {n} of a long evening by the sea."}
        for n in range(90)
    ]
    chat = "\n".join(json.dumps(line) for line in lines)
    await _ok(
        me,
        "/conversations/import/",
        {"character": "ailsa"},
        files={"files": ("evening.jsonl", chat)},
    )
    talk = await me.start("ailsa")
    for words in (*SAID, DELICATE):
        await _said(site, me, talk, words)
    message = _one(
        site,
        "SELECT id FROM conversations_message WHERE role = 'user'"
        " AND conversation_id = %s ORDER BY created_at LIMIT 1 OFFSET 2",
        talk,
    )
    await _ok(
        me,
        f"/c/{talk}/m/{message}/edit/",
        {
            "key": str(uuid.uuid4()),
            "text": "Do I like long walks in the rain, or what?",
        },
        htmx=True,
    )
    await _idle(site, talk)
    turn = _one(
        site,
        "SELECT generation_id AS id FROM conversations_message WHERE"
        " conversation_id = %s AND generation_id IS NOT NULL"
        " ORDER BY created_at DESC",
        talk,
    )
    folder = _one(
        site,
        "SELECT folder_id AS id FROM conversations_conversation WHERE id = %s",
        other,
    )
    return {
        "talk": talk,
        "other": other,
        "message": message,
        "turn": turn,
        "folder": folder,
    }


async def _written(site: Site, me: Visitor, person: str) -> dict[str, str]:
    """A character of one's own with versions, a card that was brought, books, roles."""
    card = card_files.card_png(card_files.V3, "ccv3")
    world = card_files.as_json(card_files.WORLD)
    await _ok(me, "/characters/import/", files={"cards": ("zoe.png", card)})
    await _ok(me, "/characters/import/", files={"cards": ("bay.json", world)})
    await _ok(me, "/characters/new/", {"key": str(uuid.uuid4()), **CHARACTER})
    slugs = site.rows(
        "SELECT slug, name FROM characters_character WHERE owner_id = %s", int(person)
    )
    named = {row["name"].split()[0]: row["slug"] for row in slugs}
    newer = CHARACTER | {"personality": "Patient.", "number": "1"}
    await _ok(me, f"/characters/{named['Odile']}/edit/", {**newer})
    await _ok(
        me,
        "/personas/new/",
        {
            "name": "Captain Vane",
            "is_role": "on",
            "description": "A smuggler of forty, tired of the sea.",
        },
    )
    await _ok(me, "/personas/new/", {"name": "Mina", "description": "Works nights."})
    persona = _one(
        site, "SELECT id FROM characters_persona WHERE owner_id = %s", int(person)
    )
    book = _one(
        site, "SELECT id FROM characters_lorebook WHERE owner_id = %s", int(person)
    )
    return {
        "card": named["Zoë"],
        "own": named["Odile"],
        "persona": persona,
        "book": book,
    }


async def _class(
    site: Site, me: Visitor, learners: list[Visitor], person: str
) -> dict[str, str]:
    """A class that this person teaches, with enough learners for sums; one they are in."""
    newest = site.rows("SELECT max(id) AS id FROM accounts_user")[0]["id"]
    ids = [int(person), *range(newest - len(learners) + 1, newest + 1)]
    past = PRACTISED.format(ids=ids)
    await asyncio.to_thread(site.manage, "shell", "-v", "0", "-c", past)
    ana = learners[0]
    room, token = await _room(me, "Tuesday evening", "Ms Okafor")
    for who, name in zip(learners, ("Ana", "Bo", "Cy"), strict=True):
        await _ok(who, f"/learn/classes/join/{token}/", {"name": name, "shares": "on"})
    await _ok(ana, f"/learn/me/classes/{room}/ask/", {"question": "Why not 256?"})
    due = (date.today() + timedelta(days=5)).isoformat()
    given = {"title": "Octets again", "due_on": due, "concepts": "octets"}
    await _ok(me, f"/learn/classes/{room}/assignments/", {**given, "note": ""})
    other, other_token = await _room(ana, "Thursday", "Ana")
    await _ok(
        me, f"/learn/classes/join/{other_token}/", {"name": "Mina", "shares": "on"}
    )
    await _ok(
        ana, f"/learn/classes/{other}/assignments/", {**given, "note": "By Tuesday."}
    )
    await _ok(me, f"/learn/me/classes/{other}/ask/", {"question": "Is 0 an octet?"})
    member = _one(
        site,
        "SELECT id FROM tutor_membership WHERE name = 'Ana' AND classroom_id = %s",
        room,
    )
    lesson = await me.start(COURSE, kind="learn")
    await _ok(me, f"/learn/lessons/{lesson}/begin/", {"how": "practice"}, htmx=True)
    return {"room": room, "token": token, "member": member, "lesson": lesson}


async def _room(teacher: Visitor, title: str, name: str) -> tuple[str, str]:
    """A new class and the token of its link."""
    made = await _ok(
        teacher,
        "/learn/classes/",
        {"title": title, "teacher_name": name, "course": COURSE},
    )
    room = str(made.url.path).rstrip("/").split("/")[-1]
    made = await _ok(teacher, f"/learn/classes/{room}/invitation/")
    found = re.search(r"/learn/classes/join/([^/\"<]+)/", made.text)
    assert found, made.text[:500]
    return room, found[1]


async def _orders(me: Visitor) -> dict[str, str]:
    """Two orders of the memory service, one of them paid."""
    order = {
        "company_name": "Harbour Lights Ltd",
        "admin_email": "ops@example.org",
        "pricing_model": "enterprise_usage",
        "service_source": "maas-enterprise",
    }
    made = []
    for _ in range(2):
        answer = await me.client.post(
            "/api/v1/billing/maas/checkout-session", json=order
        )
        found = re.search(r"cs_test_[\w-]+", answer.text)
        assert found, answer.text
        made.append(found[0])
    await _ok(me, f"/billing/maas/pay/{made[1]}")
    return {"order": made[0], "paid": made[1]}


async def _ok(
    who: Visitor,
    path: str,
    form: dict[str, str] | None = None,
    *,
    files: dict[str, tuple[str, str | bytes]] | None = None,
    htmx: bool = False,
) -> httpx.Response:
    """Post a form; what comes in the end has to be a page."""
    answer = await who.post(
        path,
        data=form or {},
        files=files,
        headers={"HX-Request": "true"} if htmx else {},
        follow_redirects=True,
    )
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
    return answer


async def _said(site: Site, me: Visitor, talk: str, text: str) -> None:
    await me.send(talk, text)
    await _idle(site, talk)


async def _idle(site: Site, talk: str) -> None:
    """Wait until every reply is written and learnt from."""
    running = (
        "SELECT 1 FROM conversations_generation g"
        " LEFT JOIN memories_turnrecord r ON r.generation_id = g.id"
        " LEFT JOIN memories_turnstep s ON s.record_id = r.id AND s.name IN"
        " ('store', 'learn') AND s.status IN ('done', 'none', 'failed', 'left')"
        " WHERE g.conversation_id = %s AND (s.id IS NULL"
        " OR g.status IN ('pending', 'streaming'))"
    )

    await eventually(
        lambda: not site.rows(running, talk),
        "the reply is written and learnt from",
        within=30,
    )


def _one(site: Site, query: str, *values: Any) -> str:
    """The newest or only `id` that `query` finds."""
    return str(site.rows(query, *values)[0]["id"])
