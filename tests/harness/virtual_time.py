"""An event loop whose clock jumps: what waits for time waits for nothing else."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jump(selectors.SelectSelector):
    """Instead of waiting, moves the loop's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; the time that could be waited has passed."""
        ready = super().select(0)
        if not ready:
            if timeout is None:
                msg = "everything waits for ever"
                raise AssertionError(msg)
            self.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Seconds that were waited so far."""
        return self._jump.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end as `asyncio.run` does; a minute of waiting takes no time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)
