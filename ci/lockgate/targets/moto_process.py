"""The embedded AWS: moto's server on a socket that somebody else has bound.

Runs as a process of its own, ``python -m lockgate.targets.moto_process --socket FD [--parent FD]``.
The socket comes bound and listening, so no other process can take its port in between, and clients
may connect before the server is up. ``--parent`` is the reading end of a pipe whose writing end
the parent holds: when the parent is gone, however it went, so is the server.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from types import FrameType

HOST = "127.0.0.1"


def main() -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="lockgate.targets.moto_process")
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--parent", type=int)
    arguments = parser.parse_args()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        os._exit(0)  # its threads may be in the middle of requests, and nothing is to be saved

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    if arguments.parent is not None:
        threading.Thread(target=_end_with_parent, args=(arguments.parent,), daemon=True).start()

    # moto resolves no names and calls nobody; credentials only have to be there.
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    from lockgate.targets import moto_mends

    moto_mends.put_right()

    class Quiet(WSGIRequestHandler):
        """Logs no requests."""

        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: object) -> None:
            """Say nothing."""

    application = DomainDispatcherApplication(create_backend_app)
    server = make_server(
        HOST, 0, application, threaded=True, request_handler=Quiet, fd=arguments.socket
    )
    server.serve_forever()
    return 0


def _end_with_parent(pipe: int) -> None:
    os.read(pipe, 1)  # returns when the last writer is gone
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
