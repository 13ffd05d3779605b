"""What bringing cards costs: two hundred of them over HTTP, and each crafted one.

The two hundred are sent as the page sends them, each in a request of its own and two at
a time, to a web server of the site as it really runs; its peak of memory is the
kernel's. The crafted files are those of the tests (`bench.crafted`).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import platform
import random
import re
import sys
import time
from pathlib import Path

import httpx
from PIL import Image

from bench.site import Site, running_site
from bench.table import Run, percentile, table, write

CARDS = 200
AT_ONCE = 2
SIZES = ((400, 600), (512, 768), (768, 1152), (1024, 1536), (1536, 2304))
"""What cards are drawn in; the last one is a picture that was enlarged."""
AIMS = {
    "import_s": 30,
    "web_growth_mb": 100,
    "crafted_ms_max": 200,
    "crafted_mb_max": 50,
}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def main() -> None:
    """Run everything and print the table; exit code 1 when a card was not taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    parser.add_argument("--cards", type=int, default=CARDS, help="how many")
    options = parser.parse_args()
    with running_site() as site:
        run = measure(site, options.cards)
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)
    sys.exit(0 if run.numbers["taken"] == options.cards else 1)


def measure(site: Site, count: int) -> Run:
    """Both measurements, one after the other."""
    crafted = site.run("bench.crafted")
    folder = site.directory / "cards"
    folder.mkdir()
    site.run("bench.made_cards", folder, count)
    files = sorted(folder.iterdir())
    before = peak_mb(site.web.pid)
    began = time.perf_counter()
    taken, times = asyncio.run(_sent(site.url, files))
    seconds = time.perf_counter() - began
    worst = max(crafted, key=lambda each: float(each["cpu_ms"]))
    largest = max(crafted, key=lambda each: float(each["mb"]))
    return Run(
        {
            "cards": count,
            "taken": taken,
            "cards_mb": round(sum(f.stat().st_size for f in files) / 1e6, 1),
            "import_s": round(seconds, 2),
            "card_ms_p50": round(percentile(times, 50) * 1000, 1),
            "card_ms_p95": round(percentile(times, 95) * 1000, 1),
            "web_growth_mb": round(peak_mb(site.web.pid) - before, 1),
            "crafted": len(crafted),
            "crafted_ms_max": round(worst["cpu_ms"], 1),
            "crafted_ms_max_of": worst["name"],
            "crafted_mb_max": round(largest["mb"], 1),
            "crafted_mb_max_of": largest["name"],
            "cores": len(os.sched_getaffinity(0)),
            "load_before": round(os.getloadavg()[2], 2),
            "python": platform.python_version(),
        },
        ["Milliseconds of a crafted file are processor time; megabytes are its peak."],
    )


def peak_mb(pid: int) -> float:
    """The most memory that the process has ever had."""
    found = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


async def _sent(url: str, files: list[Path]) -> tuple[int, list[float]]:
    """How many became characters, and how long each took."""
    waiting, times, taken = list(files), [], 0
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as browser:
        token = _token(await browser.get("/"))
        headers = {"X-CSRFToken": token, "Referer": f"{url}/"}
        await browser.post("/guest/", headers=headers)
        token = _token(await browser.get("/characters/import/"))
        headers |= {"X-CSRFToken": token, "HX-Request": "true"}

        async def send() -> None:
            nonlocal taken
            while waiting:
                file = waiting.pop()
                began = time.perf_counter()
                upload = {"cards": (file.name, file.read_bytes())}
                answer = await browser.post(
                    "/characters/import/", files=upload, headers=headers
                )
                times.append(time.perf_counter() - began)
                taken += "report-character" in answer.text

        await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    return taken, times


def _token(answer: httpx.Response) -> str:
    found = _TOKEN.search(answer.text)
    return found[1] if found else ""


def picture(number: int) -> bytes:
    """A drawn picture of a usual size: shapes on a gradient, with some grain."""
    chance = random.Random(number)
    width, height = SIZES[number % len(SIZES)]
    low, high = (tuple(chance.randrange(256) for _ in range(3)) for _ in range(2))
    base = Image.linear_gradient("L").resize((width, height))
    grain = Image.effect_noise((width // 2, height // 2), 24).resize((width, height))
    mask = Image.blend(base, grain, 0.25)
    image = Image.composite(
        Image.new("RGB", (width, height), low),
        Image.new("RGB", (width, height), high),
        mask,
    )
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


if __name__ == "__main__":
    main()
