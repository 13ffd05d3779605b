"""`make bench-class JSON=path`: the page of a class, with 3 learners and with 500.

Statements and server time, in one process and without a network: the first view of a class
whose evidence was imported, which replays it all; that of another process, which reads
what the replays left; and the next ones.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from bench.database import own_database
from bench.table import Number, Run, percentile, table, write

AIMS: dict[str, Number] = {
    "again_ms_p50": 1000,
    "fresh_process_ms": 1000,
    "statements_ratio": 1.0,
}
FEW = 3


def main() -> None:
    """Fill, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--lessons", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with own_database():
        few = measure(FEW, options.lessons, options.rounds)
        many = measure(options.learners, options.lessons, options.rounds)
    ratio = float(many["statements"]) / float(few["statements"])
    numbers: dict[str, Number | str] = {
        **{f"few_{name}": value for name, value in few.items()},
        **many,
        "statements_ratio": ratio,
    }
    run = Run(numbers)
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)


def measure(learners: int, lessons: int, rounds: int) -> dict[str, float]:
    """The page of one class, first and again."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.classroom import fill
    from chatapp.accounts.models import User
    from tutor.learner import many
    from tutor.models import Course, Evidence
    from tutor.seeding import seed_courses

    seed_courses()
    teacher = User.objects.create_user(f"teacher-{learners}")
    course = Course.objects.get(slug="computer-networks")
    room = fill(teacher.pk, course, learners=learners, lessons=lessons)
    site: Any = Client(headers={"host": "127.0.0.1"})
    site.force_login(teacher, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/learn/classes/{room}/"

    def look() -> tuple[float, int]:
        began = time.perf_counter()
        answer = site.get(page)
        assert answer.status_code == 200, answer
        return (time.perf_counter() - began) * 1000, len(answer.content)

    first, size = look()
    many._KEPT = many._Kept()  # as another process begins
    fresh, _size = look()
    again = [look()[0] for _ in range(rounds)]
    with CaptureQueriesContext(connection) as taken:
        look()
    rows = Evidence.objects.filter(learner__memberships__classroom__pk=room).count()
    return {
        "learners": learners,
        "evidence_rows": rows,
        "first_ms": first,
        "fresh_process_ms": fresh,
        "again_ms_p50": percentile(again, 50),
        "statements": len(taken),
        "page_kb": size / 1000,
    }


if __name__ == "__main__":
    main()
