"""The network of the fault suite does what it says."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.tcp_proxy import Network, TcpProxy


class Echo(socketserver.BaseRequestHandler):
    """Answers with what it hears, and remembers it."""

    heard: list[bytes]

    def handle(self) -> None:
        while heard := self.request.recv(1024):
            Echo.heard.append(heard)
            self.request.sendall(heard)


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    Echo.heard = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server, TcpProxy() as built:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        built.target = server.server_address[1]
        yield built
        server.shutdown()


@pytest.fixture
def client(proxy: TcpProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connected:
        yield connected


def said(client: socket.socket, word: bytes) -> bytes:
    client.sendall(word)
    return client.recv(1024)


def hears_the_end(client: socket.socket) -> bool:
    try:
        return client.recv(1024) == b""
    except ConnectionError:
        return True


def test_a_fine_network_passes_everything_on(client: socket.socket) -> None:
    assert said(client, b"hello") == b"hello"


def test_a_slow_network_is_late_in_both_directions(proxy: TcpProxy, client: socket.socket) -> None:
    proxy.become(Network.SLOW)
    started = time.monotonic()

    assert said(client, b"hello") == b"hello"
    assert time.monotonic() - started >= 0.6


def test_a_cut_network_breaks_connections_and_refuses_new_ones(
    proxy: TcpProxy, client: socket.socket
) -> None:
    assert said(client, b"hello") == b"hello"
    proxy.become(Network.CUT)

    assert hears_the_end(client)
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5)

    proxy.become(Network.FINE)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as again:
        assert said(again, b"back") == b"back"


def test_a_silent_network_keeps_the_connection_and_loses_the_words(
    proxy: TcpProxy, client: socket.socket
) -> None:
    assert said(client, b"hello") == b"hello"
    proxy.become(Network.SILENT)
    client.settimeout(0.5)

    with pytest.raises(TimeoutError):
        said(client, b"lost")
    assert Echo.heard == [b"hello"]


def test_a_deaf_network_delivers_the_words_and_loses_the_answer(
    proxy: TcpProxy, client: socket.socket
) -> None:
    assert said(client, b"hello") == b"hello"
    proxy.become(Network.DEAF)
    client.settimeout(0.5)

    with pytest.raises(TimeoutError):
        said(client, b"done")
    assert Echo.heard == [b"hello", b"done"]
