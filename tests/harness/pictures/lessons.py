"""A class: its teacher's page and one learner's own, on a desk and on a phone.

The learners are those of `make demo-class`, simulated and said to be so.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser

from tests.harness.person import Person
from tests.harness.pictures.shot import shot
from tests.harness.pictures.story import signed_in
from tests.harness.processes import run
from tests.harness.site import Site

TEACHER, LEARNER = "demo-teacher", "chiara"
SIGNS_IN = (
    "UPDATE accounts_user AS learner SET username = %s, password = teacher.password"
    " FROM accounts_user AS teacher WHERE teacher.username = %s"
    " AND learner.username LIKE %s RETURNING learner.username"
)
"""Who is made up never signs in, but for a picture."""
WINDOWS = (("desk", 1440, 1700, 1), ("phone", 390, 1700, 1.5))


async def taken(browser: Browser, site: Site, directory: Path) -> None:
    """`class-<window>.png` and `learner-<window>.png`."""
    made = run(
        "class", "-m", "bench.classroom", env=site.env, log_dir=site.web.log.parent
    )
    told = re.search(r"with (\S+), then open (/learn/classes/\S+)", made)
    assert told, made
    password, room = told.groups()
    assert site.rows(SIGNS_IN, LEARNER, TEACHER, f"{TEACHER}-%-2")
    pages = (("class", TEACHER, room), ("learner", LEARNER, "/learn/me/"))
    for window, width, height, scale in WINDOWS:
        for name, username, address in pages:
            async with Person.visiting(
                browser,
                site,
                viewport={"width": width, "height": height},
                device_scale_factor=scale,
                has_touch=scale > 1,
                is_mobile=scale > 1,
            ) as person:
                await signed_in(person, username, password)
                await person.page.goto(address)
                await person.page.wait_for_load_state("networkidle")
                await shot(person.page, directory / f"{name}-{window}.png")
