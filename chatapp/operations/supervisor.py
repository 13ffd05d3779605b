"""Keeps a few programs running until told to stop, and takes them along when it ends.

`Supervisor(programs).run()` starts each program in a session of its own, so that Ctrl-C
in the terminal reaches the supervisor alone, which then ends them in peace. A program
that dies is started again, after a pause that grows while it keeps dying. Programs that
watch their lifeline also end when the supervisor itself is killed.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

GRACE_S = 25.0  # more than the programs give themselves
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
STEADY_AFTER_S = 10.0  # having run for this long, a program may fail afresh
HOPELESS_STARTS = 5  # in a row, before the first success
LOOK_EVERY_S = 1.0
SERVER_EVERY_S = 0.2
"""Nothing works without the database: its death is to be seen at once."""


@dataclass(frozen=True)
class Program:
    """What to run, where, and how to call it in messages. It inherits `handles`."""

    name: str
    command: tuple[str, ...]
    handles: tuple[int, ...] = ()
    directory: Path | None = None


class Server(Protocol):
    """A database server that the supervisor looks after, too."""

    def running(self) -> bool:
        """Whether it runs."""

    def start(self) -> None:
        """Start or repair it. Raises RuntimeError."""


def say(text: str) -> None:
    """One line for whoever started this; a closed terminal is no reason to fail."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


class Supervisor:
    """Runs `programs`. With a `server`, repairs that one when it dies."""

    def __init__(
        self,
        programs: tuple[Program, ...],
        *,
        server: Server | None = None,
        grace: float = GRACE_S,
        end_with_parent: bool = False,
    ) -> None:
        """`end_with_parent`: stop also when the process that started this one ends."""
        self._programs = programs
        self._server = server
        self._grace = grace
        self._end_with_parent = end_with_parent
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._steady = False
        self._stop = asyncio.Event()
        self._code = 0
        self._failure: BaseException | None = None

    async def run(self, started: Callable[[], Awaitable[bool]]) -> int:
        """Run until a signal says stop; returns the exit code.

        `started` is awaited once everything has been started; its False means that the
        site does not come up, which ends everything with exit code 1. An error in it is
        raised again after everything has ended.
        """
        terminal = _terminal()  # before the signals: they tell whether nohup is there
        self._listen_to_signals()
        tasks = [asyncio.create_task(self._keep(program)) for program in self._programs]
        tasks.append(asyncio.create_task(self._await_start(started)))
        if self._server is not None:
            tasks.append(asyncio.create_task(self._keep_server(self._server)))
        if terminal is not None:
            tasks.append(asyncio.create_task(self._watch_terminal(terminal)))
        if self._end_with_parent:
            tasks.append(asyncio.create_task(self._watch_parent(os.getppid())))
        for task in tasks:
            task.add_done_callback(self._look_for_failure)
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end_programs()
        if self._failure is not None:
            raise self._failure
        return self._code

    def stop(self, code: int = 0) -> None:
        """End everything; asked a second time, at once."""
        if self._stop.is_set():
            self._signal_all(signal.SIGKILL)
            return
        self._code = code
        self._stop.set()

    def _look_for_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error
            self.stop(1)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGHUP and _survives_terminal():
                continue
            loop.add_signal_handler(number, self.stop)

    async def _await_start(self, started: Callable[[], Awaitable[bool]]) -> None:
        if await started():
            self._steady = True
        else:
            self.stop(1)

    async def _keep(self, program: Program) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            process = await self._start(program)
            code = await process.wait()
            if time.monotonic() - began >= STEADY_AFTER_S:
                failures = 0
            failures += 1
            if not self._steady and failures >= HOPELESS_STARTS:
                say(f"The {program.name} does not start; see above.")
                self.stop(1)
                return
            pause = min(FIRST_PAUSE_S * 2 ** (failures - 1), LONGEST_PAUSE_S)
            say(f"The {program.name} ended ({_ending(code)}); starting it again.")
            await asyncio.sleep(pause)

    async def _start(self, program: Program) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *program.command,
            stdin=subprocess.PIPE,  # the lifeline
            pass_fds=program.handles,
            cwd=program.directory,
            start_new_session=True,
        )
        self._running[program.name] = process
        return process

    async def _keep_server(self, server: Server) -> None:
        pause = SERVER_EVERY_S
        while True:
            await asyncio.sleep(pause)
            pause = SERVER_EVERY_S
            if await asyncio.to_thread(server.running):
                continue
            say("The database server ended; starting it again.")
            try:
                await asyncio.to_thread(server.start)
            except RuntimeError as exc:
                say(str(exc))
                pause = LONGEST_PAUSE_S

    async def _watch_parent(self, parent: int) -> None:
        while os.getppid() == parent:
            await asyncio.sleep(LOOK_EVERY_S)
        self.stop()

    async def _watch_terminal(self, terminal: select.poll) -> None:
        # Its hang-up is a signal for the session's leader alone, which may be a program
        # between the terminal and us that does not pass it on, like make.
        while not any(event & select.POLLHUP for _, event in terminal.poll(0)):
            await asyncio.sleep(LOOK_EVERY_S)
        self.stop()

    async def _end_programs(self) -> None:
        self._signal_all(signal.SIGTERM)
        waits = [process.wait() for process in self._running.values()]
        try:
            await asyncio.wait_for(asyncio.gather(*waits), self._grace)
        except TimeoutError:
            say("Not everything ended in time; ending the rest by force.")
            self._signal_all(signal.SIGKILL)
            await asyncio.gather(*(p.wait() for p in self._running.values()))

    def _signal_all(self, number: signal.Signals) -> None:
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.send_signal(number)


def _survives_terminal() -> bool:
    """Whether nohup started this: it says so by ignoring the signal."""
    return signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def _terminal() -> select.poll | None:
    """The terminal to end with, if this runs in one."""
    handles = [handle for handle in range(3) if os.isatty(handle)]
    if not handles or _survives_terminal():
        return None
    poll = select.poll()
    for handle in handles:
        poll.register(handle, 0)  # a hang-up is always told
    return poll


def _ending(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
