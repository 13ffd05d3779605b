"""The proxy itself: each fault is what it says, and none is there unless asked for."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.proxy import Fault, FaultProxy
from tests.harness.waiting import blocking_until

TEXT = b"one two three four five"


class Echo:
    """Sends back what comes, and notes how each connection ended."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.endings: list[str] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """End it, and wait for what it still does."""
        self.listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                thread = threading.Thread(target=self._echo, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _echo(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(4096):
                    connection.sendall(data)
                self.endings.append("closed")
            except OSError:
                self.endings.append("reset")


@pytest.fixture
def echo() -> Iterator[Echo]:
    """A server behind the proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Echo(listening)
        yield server
        server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    """The proxy in front of it."""
    with FaultProxy(echo.listening.getsockname()) as running:
        yield running


def call(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def read_all(connection: socket.socket) -> bytes:
    read = b""
    while data := connection.recv(4096):
        read += data
    return read


def test_without_a_fault_every_byte_comes_back(proxy: FaultProxy) -> None:
    body = bytes(range(256)) * 4000
    with call(proxy) as connection:
        sender = threading.Thread(target=connection.sendall, args=(body,))
        sender.start()
        read = b""
        while len(read) < len(body):
            read += connection.recv(65_536)
        sender.join()
    assert read == body


def test_a_unix_socket_can_be_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        server = Echo(listening)
        with FaultProxy(path) as proxy, call(proxy) as connection:
            connection.sendall(TEXT)
            assert connection.recv(100) == TEXT
        server.close()


def test_a_cut_truncates_the_answer_and_closes_in_order(
    proxy: FaultProxy, echo: Echo
) -> None:
    proxy.fault = Fault(after=7, ending="cut")
    with call(proxy) as connection:
        connection.sendall(TEXT)
        assert read_all(connection) == TEXT[:7]
    blocking_until(lambda: echo.endings, "the server notices")


def test_a_reset_is_a_reset_on_both_sides(proxy: FaultProxy, echo: Echo) -> None:
    proxy.fault = Fault(after=0, ending="reset")
    with call(proxy) as connection:
        connection.sendall(TEXT)
        with pytest.raises(ConnectionResetError):
            read_all(connection)
    blocking_until(lambda: echo.endings == ["reset"], "the server is reset")


def test_a_half_close_ends_one_direction_alone(proxy: FaultProxy, echo: Echo) -> None:
    proxy.fault = Fault(after=3, ending="half_close")
    with call(proxy) as connection:
        connection.sendall(TEXT)
        assert read_all(connection) == TEXT[:3]
        connection.sendall(b"still listening")
        assert not echo.endings


def test_a_stall_says_nothing_and_goes_on_when_it_is_over(proxy: FaultProxy) -> None:
    proxy.fault = Fault(after=4, ending="stall")
    with call(proxy) as connection:
        connection.sendall(TEXT)
        assert connection.recv(100) == TEXT[:4]
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection.recv(100)
        proxy.heal()
        connection.settimeout(5)
        assert connection.recv(100) == TEXT[4:]


def test_a_delay_makes_every_piece_late(proxy: FaultProxy) -> None:
    proxy.fault = Fault(delay_s=0.2)
    with call(proxy) as connection:
        began = time.monotonic()
        connection.sendall(TEXT)
        assert connection.recv(100) == TEXT
    assert time.monotonic() - began >= 0.2


def test_a_throttle_bounds_the_bytes_a_second(proxy: FaultProxy) -> None:
    proxy.fault = Fault(way="requests", bytes_per_s=len(TEXT) * 4)
    with call(proxy) as connection:
        began = time.monotonic()
        connection.sendall(TEXT)
        assert connection.recv(100) == TEXT
    assert time.monotonic() - began >= 0.2


def test_a_queued_fault_is_of_one_connection_only(proxy: FaultProxy) -> None:
    proxy.next(Fault(after=0, ending="cut"))
    with call(proxy) as first:
        first.sendall(TEXT)
        assert read_all(first) == b""
    with call(proxy) as second:
        second.sendall(TEXT)
        assert second.recv(100) == TEXT


def test_a_caller_that_is_killed_is_not_kept_alive_behind_the_proxy(
    proxy: FaultProxy, echo: Echo
) -> None:
    with call(proxy) as connection:
        connection.sendall(TEXT)
        assert connection.recv(100) == TEXT
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    blocking_until(lambda: echo.endings == ["reset"], "the server is reset too")


def test_what_is_open_can_be_broken_at_any_time(proxy: FaultProxy) -> None:
    with call(proxy) as connection:
        connection.sendall(TEXT)
        assert connection.recv(100) == TEXT
        assert proxy.end_all(reset=True) == 1
        with pytest.raises(ConnectionResetError):
            connection.recv(100)


def test_who_is_away_refuses_and_comes_back_on_the_same_port(proxy: FaultProxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        call(proxy)
    proxy.heal()
    with call(proxy) as connection:
        connection.sendall(TEXT)
        assert connection.recv(100) == TEXT
