"""What a request of a drill on a real account counts as good: what a client would."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lockgate.drill.endpoint_requests import Request, request_like, send
from lockgate.drill.records import EndpointCheck

HOST = "app.example.com"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.headers["Host"] != HOST:
            self.send_error(421)
            return
        self.send_response({"/moved": 302, "/broken": 500}.get(self.path, 200))
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"alive")

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for HOST that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def _serving(server: ThreadingHTTPServer) -> Iterator[int]:
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def plain() -> Iterator[int]:
    """The port of a server without TLS."""
    yield from _serving(ThreadingHTTPServer(("127.0.0.1", 0), _Handler))


@pytest.fixture(scope="module")
def secure(certificate: Path) -> Iterator[int]:
    """The port of a server with TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    # A client that refuses the certificate is what is tested.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    yield from _serving(server)


@pytest.mark.parametrize(
    ("path", "search", "problem"),
    [
        ("/", None, None),
        ("/moved", None, None),
        ("/broken", None, "HTTP 500"),
        ("/", "alive", None),
        ("/", "well", "the answer does not contain 'well'"),
    ],
)
def test_a_status_and_a_text_decide(
    plain: int, path: str, search: str | None, problem: str | None
) -> None:
    assert send(Request(HOST, "HTTP", plain, path, search), "127.0.0.1") == problem


def test_the_name_is_what_is_asked_for(plain: int) -> None:
    assert send(Request("other.example.com", "HTTP", plain, "/"), "127.0.0.1") == "HTTP 421"


def test_a_certificate_must_be_good_for_clients_too(
    secure: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(HOST, "HTTPS", secure, "/", "alive")
    assert "certificate verify failed" in str(send(request, "127.0.0.1"))

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert send(request, "127.0.0.1") is None
    other = Request("other.example.com", "HTTPS", secure, "/")
    assert "Hostname mismatch" in str(send(other, "127.0.0.1"))


def test_a_port_that_is_open_is_enough_for_tcp(plain: int) -> None:
    assert send(Request(HOST, "TCP", plain, "/"), "127.0.0.1") is None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
    assert "refused" in str(send(Request(HOST, "TCP", closed, "/"), "127.0.0.1"))


def test_a_check_of_any_type_becomes_a_request() -> None:
    check = EndpointCheck("a", "HTTPS_STR_MATCH", "elb", 8443, "/healthz", 10, 3, search="ok")
    assert request_like(check, HOST) == Request(HOST, "HTTPS", 8443, "/healthz", "ok")
    assert str(request_like(check, HOST)) == "HTTPS port 8443 /healthz"
