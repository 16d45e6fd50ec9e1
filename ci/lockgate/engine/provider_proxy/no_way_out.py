"""What everything that a plan would ask of the network reaches instead: a server on loopback.

It is AWS's endpoint to the provider and to Terraform's own S3 client, and the forward proxy for
whatever else is reached for, and it refuses and records all that it has no answer for.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
_ANY_REGION = "us-east-1"
S3_HOST = "s3.aws.test"
STS_HOST = "sts.aws.test"
_STEP_FUNCTIONS = "AWSStepFunctions.ValidateStateMachineDefinition"
_MOST_READ = 1 << 24

StateOutputs = Callable[[str], dict[str, Any]]
"""The outputs of the state at a place (``bucket/key``), as a state file holds them."""


class NoWayOut:
    """The server on a port of its own.

    ``refused`` gets what was reached for in vain, as ``METHOD host`` or an AWS operation.
    """

    def __init__(self, outputs: StateOutputs, refused: list[str]):
        self.refused = refused
        self._outputs = outputs
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    def environment(self) -> dict[str, str]:
        """What turns Terraform's own clients (remote state, backends, downloads) to it.

        Terraform's S3 client takes a bucket into the host's name, which loopback's address cannot
        carry; so S3 has a name that only the proxy knows.
        """
        return {
            # For a state whose place names no region: its owners have one in their environment.
            "AWS_REGION": _ANY_REGION,
            "AWS_ENDPOINT_URL_S3": f"http://{S3_HOST}",
            "AWS_ENDPOINT_URL_STS": f"http://{STS_HOST}",
            "AWS_ENDPOINT_URL_DYNAMODB": self.url,
            **dict.fromkeys(("HTTP_PROXY", "http_proxy"), self.url),
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.url),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
        }

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def answer(self) -> None:
                body = self.rfile.read(min(_length(self.headers.get("Content-Length")), _MOST_READ))
                operation = self.headers.get("X-Amz-Target", "")
                parts = urlsplit(self.path)
                host = parts.hostname or ""
                if host == S3_HOST or host.endswith(f".{S3_HOST}"):
                    self.answer_s3(host, parts.path)
                elif host == STS_HOST:
                    self.send(200, _caller_identity(), "text/xml")
                elif operation == _STEP_FUNCTIONS:
                    # The provider asks AWS during the plan whether a definition is valid.
                    self.send(
                        200, b'{"result":"OK","diagnostics":[]}', "application/x-amz-json-1.0"
                    )
                else:
                    outer.refused.append(
                        f"{self.command} {host}" if host else operation or _action(self, body)
                    )
                    self.refuse()

            def answer_s3(self, host: str, path: str) -> None:
                bucket = host.removesuffix(S3_HOST).strip(".")
                place = f"{bucket}{path}" if bucket else path.lstrip("/")
                if self.command not in ("GET", "HEAD"):
                    self.refuse()
                    return
                state = {
                    "version": 4,
                    "terraform_version": "1.0.0",
                    "serial": 1,
                    "lineage": "lockgate",
                    "outputs": outer._outputs(unquote(place)),
                    "resources": [],
                }
                self.send(200, json.dumps(state).encode(), "application/json")

            def refuse(self) -> None:
                # A code that no client of AWS tries again.
                self.send(
                    403,
                    b'{"__type":"AccessDeniedException","message":'
                    b'"Lockgate plans without an account: nothing is asked of AWS"}',
                    "application/x-amz-json-1.1",
                )

            def send(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def do_CONNECT(self) -> None:
                outer.refused.append(f"CONNECT {self.path}")
                self.send(403, b"", "text/plain")
                self.close_connection = True

            do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = answer

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the screen is the command's."""

        return Handler


def _length(header: str | None) -> int:
    return int(header) if header and header.isdigit() else 0


def _action(request: BaseHTTPRequestHandler, body: bytes) -> str:
    """The operation of AWS's older protocols, which name it in the body or by the path."""
    for pair in body[:2000].decode("utf-8", "replace").split("&"):
        if pair.startswith("Action="):
            return pair.removeprefix("Action=")
    return f"{request.command} {request.path.split('?')[0]}"


def _caller_identity() -> bytes:
    return (
        b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        b"<GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn>"
        b"<UserId>lockgate</UserId><Account>000000000000</Account></GetCallerIdentityResult>"
        b"</GetCallerIdentityResponse>"
    )
