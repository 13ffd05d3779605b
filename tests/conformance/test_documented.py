"""Every curl line of the documentation works, and none is left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.cases import CHECKOUT, STORIES
from tests.conformance.documentation import DOCUMENTED, Fact, facts_of, fields_of
from tests.conformance.target import Target

TEXT = os.environ.get("MAAS_DOCS", "")


@pytest.mark.parametrize("title", STORIES)
async def test_the_curl_lines_of_a_page_work_in_order(
    target: Target, title: str
) -> None:
    for step in STORIES[title]:
        if step.path == CHECKOUT and not target.embedded:
            continue  # an order at the hosted service is for people with a card
        await target.run(step)


def test_every_documented_curl_line_is_a_case() -> None:
    cases = [
        Fact(
            page,
            step.path,
            "" if step.path == CHECKOUT else step.workspace,
            fields_of(step.body),
        )
        for page, steps in STORIES.items()
        for step in steps
        if step.documented
    ]
    assert cases == DOCUMENTED


@pytest.mark.skipif(not TEXT, reason="MAAS_DOCS names no copy of the documentation")
def test_the_list_is_what_the_documentation_says() -> None:
    assert facts_of(Path(TEXT).read_text(encoding="utf-8")) == DOCUMENTED
