"""A connection's settings fail before the first call, and unquoted."""

from __future__ import annotations

import pytest

from memory.address import header_value, service_root


@pytest.mark.parametrize(
    ("given", "root"),
    [
        ("https://m.test/v1", "https://m.test"),
        (" https://m.test/v1/ ", "https://m.test"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://m.test/api/v1", "https://m.test/api"),
        ("http://[::1]:8/v1", "http://[::1]:8"),
    ],
)
def test_the_root_is_the_url_without_v1(given: str, root: str) -> None:
    assert service_root(given) == root


@pytest.mark.parametrize(
    "given",
    [
        "",
        "m.test/v1",
        "ftp://m.test",
        "http://",
        "http://[::1",
        "http://m.test:port",
        "http://user:pass@m.test",
        "http://m.test/v1?key=pass",
        "http://m.test/v1#pass",
        "http://m.test/a b",
        "http://m.test/\x00",
    ],
)
def test_what_is_no_address_is_refused_unquoted(given: str) -> None:
    with pytest.raises(ValueError, match="base URL") as caught:
        service_root(given)
    assert "pass" not in str(caught.value)


def test_a_header_value_is_stripped() -> None:
    assert header_value("key", " mk_maas_x\n") == "mk_maas_x"


@pytest.mark.parametrize("value", ["", " ", "schlüssel", "a\nb", "a\x00"])
def test_what_no_header_can_carry_is_refused_unquoted(value: str) -> None:
    with pytest.raises(ValueError, match="the key must be printable ASCII") as caught:
        header_value("key", value)
    assert "schl" not in str(caught.value)
