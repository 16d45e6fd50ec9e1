"""The servers that stand on loopback where the load balancers would be."""

from __future__ import annotations

import threading
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.1"


class Mode(Enum):
    """How a server behaves; all but UP are faults."""

    UP = "up"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    ERROR = "500"
    SLOW = "slow"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A prober in a hurry would otherwise meet a full queue, which looks like a fault.
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that gave up waiting are what a fault is about: nothing to tell."""


class RegionServer:
    """An HTTP server for one load balancer, that can be made to fail.

    ``slow_seconds`` (real ones) is how long an answer takes when slow. ``body`` is what it says.
    """

    def __init__(self, body: bytes, slow_seconds: float) -> None:
        self._body = body
        self._slow = slow_seconds
        self._mode = Mode.UP
        self._changed = threading.Event()
        self._server: _Server | None = None
        self.port = 0
        self._listen()

    @property
    def mode(self) -> Mode:
        """How it behaves now."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Begin to behave like this; requests that hang are let go."""
        self._mode = mode
        held, self._changed = self._changed, threading.Event()
        held.set()
        if mode is Mode.REFUSED:
            self._close()
        elif self._server is None:
            self._listen()

    def close(self) -> None:
        """Stop serving."""
        self._changed.set()
        self._close()

    def _listen(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """A drill sends thousands of requests: none is logged."""

        # The same port when it comes back: HTTPServer sets SO_REUSEADDR.
        self._server = _Server((LOOPBACK, self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        mode, changed = self._mode, self._changed
        if mode is Mode.TIMEOUT:
            changed.wait()
            handler.close_connection = True
            return
        if mode is Mode.SLOW:
            changed.wait(self._slow)
        try:
            handler.send_response(500 if mode is Mode.ERROR else 200)
            handler.send_header("Content-Length", str(len(self._body)))
            handler.end_headers()
            handler.wfile.write(self._body)
        except OSError:
            handler.close_connection = True
