"""The site as it really runs, for one benchmark: each part a process of its own.

The embedded PostgreSQL with its usual, safe settings; web server and worker as
`make demo` starts them; the stub in place of a real model. Nothing else is replaced.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from embedded.postgres import EmbeddedPostgres
from tests.harness.processes import Process, free_port, run

PATIENCE_S = 900.0
"""Filling an anchor takes half a minute, and longer on a busy machine."""
# One person's limits are no part of what is measured.
WITHOUT_LIMITS = {
    "TURNS_PER_MINUTE": "100000",
    "TOKENS_PER_DAY": "1000000000",
    "STREAMS_AT_ONCE": "1000",
    "GUEST_TURNS_PER_MINUTE": "100000",
    "GUEST_TOKENS_PER_DAY": "1000000000",
    "GUEST_STREAMS_AT_ONCE": "1000",
}


@dataclass(frozen=True)
class Site:
    """A running site, the stub that it takes for its model, and the bare chat."""

    url: str
    model_url: str
    bare_url: str
    env: dict[str, str]
    directory: Path
    web: Process
    worker: Process

    @contextmanager
    def another_web(self, **env: str) -> Iterator[Process]:
        """One more web server of this site; its address is `address_of(process)`."""
        port = str(free_port())
        process = Process(
            f"web-{port}",
            ["manage.py", "web"],
            env={**self.env, **env, "PORT": port},
            log_dir=self.directory,
        )
        try:
            process.wait_for(f"{address_of(process)}/healthz")
            yield process
        finally:
            process.stop()

    def run(self, module: str, *arguments: object) -> Any:
        """What `python -m module` prints as JSON on its last line, run on this site."""
        words = ["-m", module, *map(str, arguments)]
        name = f"{module.rpartition('.')[2]}-{uuid4().hex[:6]}"
        process = Process(name, words, env=self.env, log_dir=self.directory)
        process.finish(within=PATIENCE_S)
        return json.loads(process.log.read_text().splitlines()[-1])

    @property
    def maas_key(self) -> str:
        """The site's own key for its memory service."""
        return (Path(self.env["VAR_DIR"]) / "maas.key").read_text("ascii").strip()


def address_of(web: Process) -> str:
    """Where this web server listens."""
    return f"http://127.0.0.1:{web.env['PORT']}"


@contextmanager
def running_site() -> Iterator[Site]:
    """A site of its own, migrated and seeded, gone without a trace afterwards."""
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(
            prefix="anchorage-bench-", ignore_cleanup_errors=True
        )
        directory = Path(stack.enter_context(made))
        directory.chmod(0o755)  # as root, the database runs as a user of its own
        model_port, bare_port, port = free_port(), free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        model_url = f"http://127.0.0.1:{model_port}/v1"
        env = {
            **WITHOUT_LIMITS,
            "VAR_DIR": str(directory / "var"),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "OPENAI_BASE_URL": model_url,
            "OPENAI_API_KEY": "sk-none",
            "CHAT_MODEL": "stub",
        }

        def started(name: str, *arguments: str) -> Process:
            process = Process(name, arguments, env=env, log_dir=directory)
            stack.callback(process.stop)
            return process

        stack.enter_context(EmbeddedPostgres(directory / "var"))
        run("prepare", "-m", "tests.harness.prepare", env=env, log_dir=directory)
        model = started("model", "-m", "bench.stub_model", str(model_port))
        model.wait_for_socket(model_url)
        web = started("web", "manage.py", "web")
        worker = started("worker", "manage.py", "worker")
        bare = started("bare", "-m", "bench.bare", str(bare_port))
        web.wait_for(f"{url}/healthz")
        bare.wait_for_socket(f"http://127.0.0.1:{bare_port}")
        bare_url = f"ws://127.0.0.1:{bare_port}"
        yield Site(url, model_url, bare_url, env, directory, web, worker)
