"""What each hostile file costs: run as a process of its own by `bench.cards`.

Each is taken by a process that is forked for it and does what a request does, from the
open file to the commit. Its memory is the kernel's count of the peak, which starts
again when the file is opened; Python and Django themselves are not in it.
"""

from __future__ import annotations

import gc
import json
import os
import re
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")

import django

django.setup()

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from chatapp.accounts.models import User
from chatapp.characters.bringing import bring
from tests.characters.formats.hostile import FILES

STATUS = Path("/proc/self/status")
START_AGAIN = "5"
"""Written to clear_refs, it sets the peak to what is used now."""


def main() -> None:
    """Measure every file, and print what each took."""
    user = User.objects.create(username="crafted")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        for name in FILES:
            # Made by another process: memory that was freed here would be used again.
            in_a_child(partial(_make, name, file))
            found.append({"name": name} | in_a_child(partial(_cost, user.pk, file)))
    print(json.dumps(found))


def in_a_child(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` answers in a process that is forked for it."""
    _hang_up()
    gc.collect()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writer, json.dumps(work()).encode())
        except BaseException:  # noqa: BLE001  # the parent reads no answer, and fails
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        answer = said.read()
    os.waitpid(child, 0)
    return dict(json.loads(answer))


def _make(name: str, file: Path) -> dict[str, Any]:
    make, _word = FILES[name]
    return {"bytes": file.write_bytes(make())}


def _cost(user_id: int, file: Path) -> dict[str, Any]:
    user = User.objects.get(pk=user_id)  # connects: no part of a file's cost
    _clear_peak()
    before, began, clock = _kb("VmRSS"), time.process_time(), time.perf_counter()
    with file.open("rb") as opened:
        outcome = bring(user, opened, file.name).outcome
    return {
        "outcome": outcome,
        "cpu_ms": (time.process_time() - began) * 1000,
        "ms": (time.perf_counter() - clock) * 1000,
        "mb": (_kb("VmHWM") - before) / 1000,
    }


def _hang_up() -> None:
    database = connections["default"]
    assert isinstance(database, DatabaseWrapper)
    database.close()
    database.close_pool()


def _clear_peak() -> None:
    Path("/proc/self/clear_refs").write_text(START_AGAIN)


def _kb(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
