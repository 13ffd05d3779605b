"""`make bench-gallery`: what the gallery costs a person who has 2,000 characters.

A database of its own, real cards of some kilobytes, and Django's pages called in this
process: server time without the network, beside the same pages of a person who has
none. Every other character is somebody else's, so that the table is larger than what
is looked through.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench.table import Number, Run, percentile, table, write
from tests.harness.database import run_directory, throwaway_server, with_database

if TYPE_CHECKING:
    from django.test import Client

    from chatapp.accounts.models import User

CHARACTERS = 2_000
ROUNDS = 40
CARD_CHARS = 4_000
TAGS = ("sea", "clocks", "noir", "slow burn", "comedy", "space", "court", "desert")
AIMS: Mapping[str, Number] = {"gallery_ms_p95": 100}
PAGES: Mapping[str, str] = {
    "gallery": "/characters/",
    "search": "/characters/?q=captain+1",
    "tag": "/characters/?tag=noir",
    "by_name": "/characters/?sort=name",
}


def main() -> None:
    """Measure once, print the table, and write the numbers if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=CHARACTERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with run_directory() as directory, throwaway_server(directory) as url:
        os.environ["DATABASE_URL"] = with_database(url, "postgres")
        os.environ["VAR_DIR"] = str(directory / "var")
        _prepare()
        run = measured(options.characters, options.rounds)
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)


def measured(characters: int, rounds: int) -> Run:
    """Fill the database and ask for each page; Django is set up."""
    from django.db import connection

    from chatapp.accounts.models import User

    many, none = (
        User.objects.create_user(name, password=None)
        for name in ("bench-many", "bench-none")
    )
    fill(many, characters)
    fill(User.objects.create_user("bench-other", password=None), characters)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE characters_character")
    numbers: dict[str, Number | str] = {"characters": characters}
    full, empty = _client(many), _client(none)
    bare, bare_cpu = _times(empty, "/characters/?kind=mine", rounds)
    numbers["empty_ms_p50"] = round(percentile(bare, 50), 2)
    numbers["empty_cpu_ms"] = round(bare_cpu, 2)
    for name, address in PAGES.items():
        took, cpu = _times(full, address, rounds)
        numbers[f"{name}_ms_p50"] = round(percentile(took, 50), 2)
        numbers[f"{name}_ms_p95"] = round(percentile(took, 95), 2)
        numbers[f"{name}_cpu_ms"] = round(cpu, 2)
        ratio = percentile(took, 50) / percentile(bare, 50)
        numbers[f"{name}_to_empty"] = round(ratio, 2)
    seen, last = _through(many)
    numbers["paged_through"] = seen
    numbers["last_page_ms"] = round(last, 2)
    return Run(numbers)


def fill(owner: User, count: int) -> None:
    """Give this person so many characters."""
    from chatapp.characters.authored import EMPTY
    from chatapp.characters.models import Character, new_slug

    rows = [
        Character(
            owner=owner,
            slug=new_slug(),
            name=f"Captain {number}",
            tagline="Sails by night and trusts nobody",
            description=f"Number {number} of a long line of smugglers. " * 4,
            tags=[TAGS[number % len(TAGS)], TAGS[number // 7 % len(TAGS)]],
            card=dict(EMPTY) | {"description": "A smuggler. " * (CARD_CHARS // 12)},
        )
        for number in range(count)
    ]
    Character.objects.bulk_create(rows, batch_size=500)


def _client(user: User) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def _times(client: Client, address: str, rounds: int) -> tuple[list[float], float]:
    """Milliseconds of each answer, and of processor time for one of them.

    The first ones, which fill caches, are left out.
    """
    took, used = [], 0.0
    for number in range(rounds + 3):
        began, cpu = time.perf_counter(), time.process_time()
        answer = client.get(address)
        took.append((time.perf_counter() - began) * 1000)
        used += (time.process_time() - cpu) * 1000 if number >= 3 else 0
        assert answer.status_code == 200, answer.status_code
    return took[3:], used / rounds


def _through(user: User) -> tuple[int, float]:
    """How many tiles all pages have together, and how long the last one took."""
    from chatapp.characters.gallery import Wanted, page

    seen, after = 0, ""
    while True:
        began = time.perf_counter()
        found = page(user, Wanted(kind="mine", after=after))
        took = (time.perf_counter() - began) * 1000
        seen += len(found.tiles)
        if not found.after:
            return seen, took
        after = found.after


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    from chatapp.characters.seeding import seed_characters

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    call_command("migrate", verbosity=0)
    seed_characters()


if __name__ == "__main__":
    main()
