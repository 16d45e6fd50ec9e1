"""A network between commands and an embedded AWS that can be held up, and lost, and come back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_CHUNK = 65536


class Network:
    """Forwards TCP to an endpoint. ``held`` is set once something waits on it."""

    def __init__(self, endpoint: str) -> None:
        to = urlsplit(endpoint)
        self._to = (to.hostname or "", to.port or 0)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.held = threading.Event()
        self._words: bytes | None = None
        self._go_on = threading.Event()
        self._lost = False
        self._losses = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self, words: bytes) -> None:
        """Let nothing through that has these words in it, nor what comes after it."""
        self.held.clear()
        self._go_on.clear()
        self._words = words

    def when_held(self, do: Callable[[], None]) -> None:
        """Do something as soon as something is held."""

        def wait() -> None:
            self.held.wait()
            do()

        threading.Thread(target=wait, daemon=True).start()

    def let_go(self) -> None:
        """Let through what is held."""
        self._words = None
        self._go_on.set()

    def lose(self) -> None:
        """Break every connection, and take no more."""
        with self._lock:
            self._lost = True
            self._losses += 1
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        self.let_go()

    def restore(self) -> None:
        """Be there again."""
        self._lost = False

    def close(self) -> None:
        """End."""
        self.lose()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                lost = self._lost
                if not lost:
                    self._open.add(near)
            if lost:
                near.close()
                continue
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self._to) as far:
            answers = threading.Thread(target=self._pipe, args=(far, near, False), daemon=True)
            answers.start()
            self._pipe(near, far, True)
            answers.join()

    def _pipe(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        losses = self._losses
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if asks and self._words is not None and self._words in chunk:
                    self.held.set()
                    self._go_on.wait()
                    if self._losses != losses:
                        break
                target.sendall(chunk)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(endpoint: str) -> Iterator[Network]:
    """A network in front of an endpoint, ended with the block."""
    network = Network(endpoint)
    try:
        yield network
    finally:
        network.close()
