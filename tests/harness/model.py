"""The scripted model as a process of its own, told what to do and asked what it saw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.harness.processes import Process, free_port

KEY = "sk-for-tests"


class ScriptedModelServer:
    """`env` makes a site use it; `queue` and `history` are its control door."""

    def __init__(self, port: int, process: Process) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = process
        self._client = httpx.Client(base_url=self.url, trust_env=False)

    @property
    def env(self) -> dict[str, str]:
        """The settings that point a site at it."""
        return {
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": KEY,
            "CHAT_MODEL": "scripted",
        }

    def queue(self, behaviour: str, **order: object) -> None:
        """The next fitting call behaves like this, see `embedded.llm.behave`."""
        orders = [{"behaviour": behaviour, **order}]
        answer = self._client.post("/_control/queue", json=orders)
        assert answer.status_code == httpx.codes.OK, answer.text

    def history(self, kind: str = "") -> list[dict[str, Any]]:
        """The calls so far, of one kind ("chat", "structured") or all."""
        calls: list[dict[str, Any]] = self._client.get("/_control/history").json()
        return [call for call in calls if kind in ("", call["kind"])]

    def reset(self) -> None:
        """Forget the queue and the history."""
        self._client.post("/_control/reset").raise_for_status()

    def close(self) -> None:
        """End the process."""
        self._client.close()
        self.process.stop()


@contextmanager
def running_model(
    log_dir: Path, *, tokens_per_second: float | None = None
) -> Iterator[ScriptedModelServer]:
    """A scripted model on a free port; without a pace it answers at its own."""
    port = free_port()
    arguments = ["-m", "embedded.llm", "--port", str(port), "--control"]
    arguments += ["--api-key", KEY]
    if tokens_per_second is not None:
        arguments += ["--tokens-per-second", str(tokens_per_second)]
    process = Process(f"model-{port}", arguments, env={}, log_dir=log_dir)
    server = ScriptedModelServer(port, process)
    try:
        process.wait_for(f"{server.url}/_control/history")
        yield server
    finally:
        server.close()
