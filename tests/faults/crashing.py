"""`python -m tests.faults.crashing manage.py web`: the program, until it crashes.

CRASH_AT=turns.begin:after:3 ends the process as `kill -9` would, the third time it has
passed that point. CRASH_LOG=file notes each point's name there the first time.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from pathlib import Path

from tests.faults.clock import follow
from tests.faults.passing import watch

KILLED = 137


class Crash:
    """Counts down to the end of this process."""

    def __init__(self, point: str, log: str) -> None:
        """`point` is a name, a moment and perhaps a count; "" never comes."""
        words = point.split(":")
        self._point = ":".join(words[:2])
        self._left = int(words[2]) if len(words) > 2 else 1
        self._log = Path(log) if log else None
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def passed(self, name: str) -> None:
        """One point was reached."""
        with self._lock:
            if self._log and name not in self._seen:
                self._seen.add(name)
                with self._log.open("a", encoding="utf-8") as log:
                    log.write(f"{name}\n")
            if name == self._point:
                self._left -= 1
                if self._left == 0:
                    os._exit(KILLED)


def main() -> None:
    """Run the program that the arguments name."""
    point, log = os.environ.get("CRASH_AT", ""), os.environ.get("CRASH_LOG", "")
    if point or log:
        watch(Crash(point, log).passed)
    if clock := os.environ.get("CLOCK_FILE", ""):
        follow(Path(clock))
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(Path(sys.argv[0]).resolve().parent))
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
