"""How large the site is: its processes in memory, its first page's JavaScript."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx
import psutil

from tests.harness.processes import Process

MB = 1e6
_SCRIPT = re.compile(r'<script[^>]*\ssrc="([^"]+)"')
_IMPORT = re.compile(r"""\b(?:from|import)\s*["']([^"']+\.js)["']""")
_LATER = re.compile(r"""\bimport\(\s*["']([^"']+\.js)["']""")


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


@dataclass(frozen=True)
class Scripts:
    """Scripts of a page by address, each with its size under gzip -9.

    `first` is what it loads before anything is pressed; `later` what one of those loads
    when that is wanted: dictation, voices, the sheet of keys, another language.
    """

    first: Mapping[str, int]
    later: Mapping[str, int]


def page_js(url: str, conversation: str, session: str) -> Scripts:
    """The scripts of a conversation's page."""
    with httpx.Client(cookies={"sessionid": session}, trust_env=False) as browser:
        page = f"{url}/c/{conversation}/"
        answer = browser.get(page)
        answer.raise_for_status()
        named = [urljoin(page, found) for found in _SCRIPT.findall(answer.text)]
        first = _followed(browser, named)
        wanted = [
            urljoin(script, found)
            for script, source in first.items()
            for found in _LATER.findall(source.decode())
        ]
        every = _followed(browser, wanted, first)
    sizes = {script: len(gzip.compress(source, 9)) for script, source in every.items()}
    return Scripts(
        {script: size for script, size in sizes.items() if script in first},
        {script: size for script, size in sizes.items() if script not in first},
    )


def _followed(
    browser: httpx.Client,
    scripts: Iterable[str],
    known: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The sources of these scripts and of all that they import, beside the known ones."""
    sources, waiting = dict(known or {}), list(scripts)
    while waiting:
        script = waiting.pop()
        if script not in sources:
            sources[script] = browser.get(script).raise_for_status().content
            found = _IMPORT.findall(sources[script].decode())
            waiting += [urljoin(script, name) for name in found]
    return sources
