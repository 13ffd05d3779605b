"""The streaming benchmark in its shortest form: it runs, and its numbers have names."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.stream import AIMS
from bench.tabs import PING, TEXT, Tab, is_text
from tests.harness.processes import PROJECT
from tests.harness.redis import needs_redis

PROMISED = {
    "forward_ms_p50",
    "forward_ms_p99",
    "streams",
    "cpu_s_per_1k_tokens",
    "direct_cpu_s_per_1k_tokens",
    "bare_cpu_s_per_1k_tokens",
    "bytes_per_reply",
    "rss_mb_2000_pages",
    "cross_ms_p50",
}
SHORT = "--streams 4 --seconds 1 --cross 2 --pages 10"


@needs_redis
@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.timeout(300)
def test_a_short_run_writes_flat_numbers_under_their_promised_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "stream.json"
    command = [sys.executable, "-m", "bench.stream", "--json", str(path)]
    ran = subprocess.run(
        [*command, *SHORT.split()],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    numbers = json.loads(path.read_text())
    assert numbers.keys() >= PROMISED | AIMS.keys()
    assert all(numbers[name] > 0 for name in PROMISED - {"rss_mb_2000_pages"})
    assert all(isinstance(value, int | float | str) for value in numbers.values())
    assert numbers["words_heard"] > 0
    assert all(name in ran.stdout for name in PROMISED)


class FakeTransport(asyncio.Transport):
    """Remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))


async def test_a_tab_reads_frames_however_they_are_cut() -> None:
    tab, transport = Tab("c=1", "/ws/", "127.0.0.1:1"), FakeTransport()
    tab.connection_made(transport)
    text = b'[1," @ff @fe and more of it' + b"." * 200 + b'"]'
    frames = bytes([PING, 2]) + b"hi"
    frames += bytes([TEXT, 126]) + len(text).to_bytes(2) + text
    whole = b"HTTP/1.1 101 Switching\r\nA: b\r\n\r\n" + frames
    for at in range(len(whole)):
        tab.data_received(whole[at : at + 1])
    assert tab.open.done()
    assert len(tab.heard) == 2
    assert (tab.frames, tab.bytes) == (1, len(text))
    assert transport.written[-1].endswith(b"hi")


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b'[12,"word"]', True),
        (b'[1,20,0,["<p>a</p>"],"b"]', False),
        (b'{"kind":"delta","offset":0,"text":"a"}', True),
        (b'{"kind":"render","offset":1}', False),
    ],
    ids=["short text", "short html", "first text", "first html"],
)
def test_text_and_html_are_told_apart(payload: bytes, text: bool) -> None:
    assert is_text(payload) is text
