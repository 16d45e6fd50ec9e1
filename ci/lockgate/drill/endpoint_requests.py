"""Sends one request to a load balancer as a client of the name would."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass

from lockgate.drill.health import SEARCHED_BYTES
from lockgate.drill.records import EndpointCheck

# A client gives up later than a checker does; what takes this long serves nobody.
_SECONDS = 4.0


@dataclass(frozen=True)
class Request:
    """What is sent: ``host`` goes into the Host header, and TLS must be valid for it."""

    host: str
    protocol: str
    port: int
    path: str
    search: str | None = None

    def __str__(self) -> str:
        return f"{self.protocol} port {self.port} {self.path}"


def request_like(check: EndpointCheck, host: str) -> Request:
    """The request of a health check, sent in the name of ``host``."""
    return Request(host, check.type.partition("_")[0], check.port, check.path, check.search)


def send(request: Request, address: str) -> str | None:
    """Send a request to an address. None is a good answer, else what was wrong with it."""
    try:
        with socket.create_connection((address, request.port), timeout=_SECONDS) as plain:
            if request.protocol == "TCP":
                return None
            if request.protocol == "HTTP":
                return _get(request, plain)
            # Route 53's checkers accept any certificate; clients do not.
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=request.host) as secure:
                return _get(request, secure)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__


def _get(request: Request, connected: socket.socket) -> str | None:
    connection = http.client.HTTPConnection(request.host, request.port, timeout=_SECONDS)
    connection.sock = connected
    headers = {"Host": request.host, "Connection": "close", "User-Agent": "lockgate-drill"}
    connection.request("GET", request.path, headers=headers)
    answer = connection.getresponse()
    if not 200 <= answer.status < 400:
        return f"HTTP {answer.status}"
    if request.search is None:
        return None
    contains_search = request.search.encode() in answer.read(SEARCHED_BYTES)
    return None if contains_search else f"the answer does not contain '{request.search}'"
