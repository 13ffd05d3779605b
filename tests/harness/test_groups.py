"""Tests that share something costly share a worker, as long as the plugins agree."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("a group")
def test_a_parallel_run_knows_the_group(request: pytest.FixtureRequest) -> None:
    """The suffix is what pytest-xdist groups by; where it is lost, so is the group."""
    is_parallel = "PYTEST_XDIST_WORKER" in os.environ
    assert request.node.nodeid.endswith("@a group") == is_parallel
