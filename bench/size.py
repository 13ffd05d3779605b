"""How large the site is: its processes in memory, its first page's JavaScript."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
import psutil

from tests.harness.processes import Process

MB = 1e6
_SCRIPT = re.compile(r'<script[^>]*\ssrc="([^"]+)"')
_IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*["']([^"']+\.js)["']""")


@dataclass(frozen=True)
class Memory:
    """Megabytes of some processes: resident, and with shared pages counted once."""

    rss: float
    pss: float


def memory_of(*processes: Process) -> Memory:
    """Of these programs with everything they have started."""
    rss = pss = 0
    for process in processes:
        first = psutil.Process(process.pid)
        for each in [first, *first.children(recursive=True)]:
            used = each.memory_full_info()
            rss += used.rss
            pss += getattr(used, "pss", used.rss)
    return Memory(rss / MB, pss / MB)


def cpu_s(process: Process) -> float:
    """Seconds of processor time that this program has used so far."""
    used = psutil.Process(process.pid).cpu_times()
    return float(used.user + used.system)


def page_js(url: str, conversation: str, session: str) -> dict[str, int]:
    """Every script that a conversation's page loads, with its size under gzip -9."""
    sizes: dict[str, int] = {}
    with httpx.Client(cookies={"sessionid": session}, trust_env=False) as browser:
        page = f"{url}/c/{conversation}/"
        answer = browser.get(page)
        answer.raise_for_status()
        waiting = [urljoin(page, found) for found in _SCRIPT.findall(answer.text)]
        while waiting:
            script = waiting.pop()
            if script in sizes:
                continue
            source = browser.get(script).raise_for_status().content
            sizes[script] = len(gzip.compress(source, 9))
            imports = _IMPORT.findall(source.decode())
            waiting += [urljoin(script, found) for found in imports]
    return sizes
