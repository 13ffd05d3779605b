"""The oldest database most people have: Debian's PostgreSQL 15, over TCP."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.harness.debian_postgres import installed, running_postgres_15
from tests.harness.fixtures import Visit
from tests.harness.site import Site, running_site
from tests.scenarios.test_character_memory import CHARACTER, tell_three_facts

pytestmark = pytest.mark.skipif(
    not installed() and not os.environ.get("CI"),
    reason="Debian's package postgresql-15 is not installed (apt install postgresql-15)",
)


@pytest.fixture(scope="module")
def older_site() -> Iterator[Site]:
    """A site migrated and seeded into a PostgreSQL 15."""
    assert installed(), "CI must have Debian's package postgresql-15"
    with (
        running_postgres_15() as url,
        running_site("postgresql-15", database_url=url) as site,
    ):
        yield site


async def test_migrations_and_the_story_pass_on_postgresql_15(
    older_site: Site, visit: Visit
) -> None:
    version = older_site.rows("SHOW server_version_num")[0]["server_version_num"]
    assert version.startswith("15")
    person = await (await visit(older_site)).enter_as_guest()
    await tell_three_facts(person)
    await person.open_character(CHARACTER)
    reply = await person.say("What instrument does my sister play?")
    assert "cello" in reply.text.lower()
    turn = await person.why(reply)
    assert turn.atom("cello").fed_back
    assert "No changes detected" in older_site.manage(
        "makemigrations", "--check", "--dry-run"
    )
