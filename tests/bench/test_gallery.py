"""The gallery's benchmark in its shortest form: its numbers have names, nobody is lost."""

from __future__ import annotations

import pytest

from bench.gallery import measured


@pytest.mark.django_db
def test_a_short_run_names_its_numbers_and_pages_through_everybody() -> None:
    numbers = measured(characters=60, rounds=1).numbers
    assert numbers["paged_through"] == 60
    assert {
        *("empty_ms_p50", "gallery_ms_p50", "gallery_ms_p95", "gallery_to_empty"),
        *("search_ms_p95", "tag_ms_p95", "by_name_ms_p95", "last_page_ms"),
    } <= numbers.keys()
