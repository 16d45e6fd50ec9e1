"""The socket that Terraform reaches the proxy at, which nobody else can.

Terraform's way to a provider that runs already (`TF_REATTACH_PROVIDERS`) knows no password. So it
is a socket in a directory of ours alone. gRPC does not tell the connections of such a socket apart,
and each stands for one configuration of the provider; so every connection is passed on to the
server over a loopback connection of its own, whose port is its name. The server answers no other.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from lockgate.engine.provider_proxy import short_directory

_CHUNK = 1 << 18
_BACKLOG = 64


class PrivateSocket:
    """A socket in a private directory; ``opened`` and ``closed`` get each connection's name."""

    def __init__(self, port: int, opened: Callable[[str], None], closed: Callable[[str], None]):
        """Listen, and pass connections on to ``port`` on loopback."""
        self._directory = short_directory.make()
        self.path = str(self._directory / "provider")
        self._port, self._opened, self._closed = port, opened, closed
        self._open: set[socket.socket] = set()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        self._listening.listen(_BACKLOG)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and end those that are open."""
        for connection in (self._listening, *self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        short_directory.remove(self._directory)

    def _accept(self) -> None:
        while True:
            try:
                outside, _ = self._listening.accept()
            except OSError:
                return  # closed
            try:
                self._pass_on(outside)
            except OSError:
                outside.close()

    def _pass_on(self, outside: socket.socket) -> None:
        inside = socket.socket(socket.AF_INET)
        try:
            # The name is known before the server hears of the connection.
            inside.bind(("127.0.0.1", 0))
            name = f"ipv4:127.0.0.1:{inside.getsockname()[1]}"
            self._opened(name)
            inside.connect(("127.0.0.1", self._port))
            inside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            inside.close()
            raise
        threading.Thread(target=self._both_ways, args=(outside, inside, name), daemon=True).start()

    def _both_ways(self, outside: socket.socket, inside: socket.socket, name: str) -> None:
        self._open.add(outside)
        back = threading.Thread(target=_copy, args=(inside, outside), daemon=True)
        back.start()
        _copy(outside, inside)
        back.join()
        outside.close()
        inside.close()
        self._open.discard(outside)
        self._closed(name)


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copy until either side ends, and then end both."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
