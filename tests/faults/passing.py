"""Tells when a process of the site passes a point of a turn, without touching its code.

`watch(passed)` wraps what every commit and every remote call goes through, and names it
after the code that made it: `turns.begin:before` is just before the commit of
`chatapp.conversations.turns.begin`, `maas.store_atom:after` just after the service
answered. So no step can be without a point, and a new one has its name at once.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import AsyncGenerator, Callable
from inspect import iscoroutinefunction
from types import FrameType
from typing import Any

Passed = Callable[[str], None]
OURS = ("chatapp.", "tutor.")
CARRIERS = (".pipeline",)
"""Modules that commit for whoever calls them: the caller gives the name."""
WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s", re.IGNORECASE)
LOCKS = re.compile(r"\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE)
MID_STREAM = 5
"""Pieces of a reply after which `model.stream:mid` is passed."""
JOBS = {
    "fetch_job": "job.fetch",
    "finish_job_by_id_async": "job.finish",
    "retry_job_by_id_async": "job.retry",
}
"""What the job library commits for a turn, by its own methods' names."""


def watch(passed: Passed) -> None:
    """Call `passed` with the name of each point, in whatever thread passes it."""
    _watch_commits(passed)
    _watch_client(passed)
    _watch_model(passed)
    _watch_jobs(passed)


def name_of(module: str, function: str) -> str:
    """The short name of a function of the site: its module's last word and its own."""
    last = module.rpartition(".")[2]
    return f"{last}.{function.strip('_').removesuffix('_now')}"


def remote_calls() -> dict[str, Callable[..., Any]]:
    """The public coroutines of the memory service's client, by name."""
    from memory.calls import DocumentedCalls

    return {
        name: member
        for name, member in vars(DocumentedCalls).items()
        if iscoroutinefunction(member) and not name.startswith("_") and name != "make"
    }


def _watch_commits(passed: Passed) -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

    commit, execute = BaseDatabaseWrapper.commit, CursorWrapper.execute

    def watched_commit(self: Any) -> Any:
        return _around(passed, _caller(), lambda: commit(self))

    def watched_execute(self: Any, sql: Any, params: Any = None) -> Any:
        alone = self.db.connection is not None and self.db.get_autocommit()
        if alone and WRITES.search(LOCKS.sub("", str(sql))):
            return _around(passed, _caller(), lambda: execute(self, sql, params))
        return execute(self, sql, params)

    setattr(BaseDatabaseWrapper, "commit", watched_commit)  # noqa: B010 -- a patch
    setattr(CursorWrapper, "execute", watched_execute)  # noqa: B010 -- a patch


def _watch_client(passed: Passed) -> None:
    from memory.calls import DocumentedCalls

    for name, call in remote_calls().items():
        setattr(DocumentedCalls, name, _coroutine(passed, f"maas.{name}", call))


def _watch_model(passed: Passed) -> None:
    from memory.llm import ChatModel

    stream = ChatModel.stream

    async def watched(self: Any, *words: Any, **more: Any) -> AsyncGenerator[Any, None]:
        passed("model.stream:before")
        pieces = stream(self, *words, **more)
        try:
            number = 0
            async for piece in pieces:
                number += 1
                if number == MID_STREAM:
                    passed("model.stream:mid")
                yield piece
        finally:
            await pieces.aclose()
        passed("model.stream:after")

    setattr(ChatModel, "stream", watched)  # noqa: B010 -- a patch
    structured = _coroutine(passed, "model.structured", ChatModel.structured)
    setattr(ChatModel, "structured", structured)  # noqa: B010 -- a patch


def _watch_jobs(passed: Passed) -> None:
    from procrastinate.manager import JobManager

    for method, name in JOBS.items():
        call = getattr(JobManager, method)
        setattr(JobManager, method, _coroutine(passed, name, call))


def _coroutine(passed: Passed, name: str, call: Callable[..., Any]) -> Any:
    @functools.wraps(call)
    async def watched(*words: Any, **more: Any) -> Any:
        passed(f"{name}:before")
        answer = await call(*words, **more)
        passed(f"{name}:after")
        return answer

    return watched


def _around(passed: Passed, name: str, work: Callable[[], Any]) -> Any:
    if name:
        passed(f"{name}:before")
    answer = work()
    if name:
        passed(f"{name}:after")
    return answer


def _caller() -> str:
    """The innermost function of the site on the stack; "" when there is none."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(OURS) and not module.endswith(CARRIERS):
            return name_of(module, frame.f_code.co_name)
        frame = frame.f_back
    return ""
