"""The demo's own Redis: where it listens, what it keeps, and when there is none."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django import Settings
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from chatapp.operations import demo, redis_server
from tests.harness.processes import PROJECT
from tests.harness.redis import needs_redis
from tests.harness.waiting import blocking_until


def run(url: str) -> subprocess.Popen[bytes]:
    """The server at `url`, with its lifeline in our hand."""
    return subprocess.Popen(
        [sys.executable, "-m", "chatapp.operations.redis_server"],
        cwd=PROJECT,
        env={**os.environ, redis_server.ADDRESS: url},
        stdin=subprocess.PIPE,
    )


def answers(url: str) -> bool:
    with suppress(RedisError), Redis.from_url(url) as client:
        return bool(client.ping())
    return False


@needs_redis
@pytest.mark.parametrize("name", ["var", "a dir # of ü", "x" * 120])
def test_it_listens_for_this_site_only_and_ends_with_its_lifeline(
    tmp_path: Path, name: str
) -> None:
    var_dir = tmp_path / name
    var_dir.mkdir()
    url = redis_server.choose(var_dir)
    server = run(url)
    assert server.stdin is not None
    try:
        blocking_until(lambda: answers(url), "it answers", within=30)
        if url.startswith("unix"):
            mode = redis_server.socket_path(var_dir).stat().st_mode
            assert stat.S_IMODE(mode) == 0o700
        else:
            stranger = url.replace(url[url.index(":", 8) + 1 : url.index("@")], "guess")
            with Redis.from_url(stranger) as client:
                pytest.raises(AuthenticationError, client.ping)
        with Redis.from_url(url) as client:
            assert client.config_get("save") == {"save": ""}
        server.stdin.close()
        assert server.wait(20) == 0
        assert not answers(url)
    finally:
        server.kill()
        server.wait()


@needs_redis
def test_its_end_is_told_to_whoever_runs_it(tmp_path: Path) -> None:
    url = redis_server.choose(tmp_path)
    server = run(url)
    assert server.stdin is not None
    blocking_until(lambda: answers(url), "it answers", within=30)
    with Redis.from_url(url) as client:
        client.shutdown(nosave=True)
    assert server.wait(20) == 0
    server.stdin.close()


def test_without_a_redis_server_a_newcomer_is_told_what_to_install(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings.WEB = 2
    assert demo._choose_redis() is False
    assert redis_server.ADDRESS not in os.environ
    said = capsys.readouterr().err
    assert "apt install redis-server" in said
    assert "in the database" in said


@pytest.mark.parametrize(("web", "url"), [(1, ""), (3, "redis://10.0.0.1/0")])
def test_one_web_server_or_a_redis_of_ones_own_starts_none(
    settings: Settings, web: int, url: str
) -> None:
    settings.WEB, settings.REDIS_URL = web, url
    assert demo._choose_redis() is False
