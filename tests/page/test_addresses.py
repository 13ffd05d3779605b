"""Every address is a page that is looked at, or says why it is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from tests.harness.states import ELSEWHERE, NO_PAGE, POST_ONLY, STATES


def addresses(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its name, as `reverse` would know it."""
    for each in patterns:
        if isinstance(each, URLPattern):
            yield f"{space}{each.name or each.pattern}", each
        elif each.namespace not in ELSEWHERE and each.app_name not in ELSEWHERE:
            inner = f"{each.namespace}:" if each.namespace else space
            yield from addresses(each.url_patterns, inner)


def known() -> dict[str, list[URLPattern]]:
    """By name, which several addresses may share when their values differ."""
    found: dict[str, list[URLPattern]] = {}
    for name, pattern in addresses(get_resolver().url_patterns):
        found.setdefault(name, []).append(pattern)
    return found


def test_every_address_is_looked_at_or_says_why_not() -> None:
    told = [*STATES, *POST_ONLY, *NO_PAGE]
    assert len(told) == len(set(told)), "in two of the tables"
    assert sorted(name for name in told if name) == sorted(known()), (
        "see tests/harness/states.py"
    )


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_what_is_no_page_since_it_only_takes_posts_takes_only_posts(name: str) -> None:
    for pattern in known()[name]:
        # Refused before the address's values, the person and the database matter.
        assert pattern.callback(RequestFactory().get("/")).status_code == 405
