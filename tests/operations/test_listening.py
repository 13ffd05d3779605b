"""Where the site listens, and what it says when it cannot."""

from __future__ import annotations

import socket

import pytest

from chatapp.operations.listening import CannotListen, address, listen


def test_it_listens_where_it_is_told_to() -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            pass


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"{port} .* is taken.*PORT={port + 1}"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(CannotListen, match="no address of this machine"):
        listen(host, 0)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("site.example", "http://site.example:8000"),
    ],
)
def test_the_address_to_type_into_a_browser(host: str, shown: str) -> None:
    assert address(host, 8000) == shown
