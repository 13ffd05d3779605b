"""Every scenario runs on the browser's loop, and a module's tests in one worker."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# The modules that share a site share a worker, so that it is started once.
SITES = {"site": "everyday", "faulty_model_site": "model", "fake_maas_site": "maas"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this directory."""
    for item in items:
        if HERE not in item.path.parents or not isinstance(item, pytest.Function):
            continue
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        item.add_marker("processes")
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
        groups = [group for name, group in SITES.items() if name in item.fixturenames]
        group = groups[0] if groups else item.path.stem
        item.add_marker(pytest.mark.xdist_group(f"scenarios-{group}"))
