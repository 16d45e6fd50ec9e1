"""A provider registry on loopback, which signs what it serves, as Terraform's own does.

https://developer.hashicorp.com/terraform/internals/provider-registry-protocol. Terraform asks it
instead of its own where a ``host`` block of the CLI configuration says so.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True)
class SigningKey:
    """A key of GnuPG's in a home of its own."""

    home: Path

    @classmethod
    def make(cls, home: Path) -> SigningKey:
        """Make one without a passphrase."""
        home.mkdir(mode=0o700)
        key = cls(home)
        key.run("--quick-generate-key", "registry@example.com", "rsa2048", "sign", "never")
        return key

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--passphrase", ""]
        return subprocess.run(
            [*command, "--pinentry-mode", "loopback", *arguments],
            input=given,
            capture_output=True,
            check=True,
        ).stdout

    @property
    def public(self) -> dict[str, str]:
        """As the registry tells it."""
        listed = self.run("--list-keys", "--with-colons").decode().splitlines()
        key_id = next(line.split(":")[4] for line in listed if line.startswith("pub:"))
        return {"key_id": key_id, "ascii_armor": self.run("--armor", "--export").decode()}

    def close(self) -> None:
        """End the agent that GnuPG leaves behind."""
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "gpg-agent"], check=False)


@dataclass
class ProviderRegistry:
    """Serves versions of hashicorp/aws for one platform."""

    key: SigningKey
    platform: str
    archives: dict[str, bytes] = field(default_factory=dict)
    sums: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def publish(self, version: str, program: str) -> str:
        """Publish a version; its archive's hash as a lock file has it."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            file = zipfile.ZipInfo(f"terraform-provider-aws_v{version}_x5")
            file.external_attr = 0o755 << 16
            archive.writestr(file, program)
        self.archives[version] = packed.getvalue()
        digest = hashlib.sha256(packed.getvalue()).hexdigest()
        self.sums[version] = f"{digest}  {self.file(version)}\n".encode()
        return f"zh:{digest}"

    def file(self, version: str) -> str:
        """The name of a version's archive."""
        return f"terraform-provider-aws_{version}_{self.platform}.zip"

    def configuration(self, file: Path) -> Path:
        """A CLI configuration that leads here."""
        services = f'{{ "providers.v1" = "{self.url}/v1/" }}'
        file.write_text(f'host "registry.terraform.io" {{\n  services = {services}\n}}\n')
        return file

    def answer(self, path: str) -> bytes | None:
        """The content at a path, None where there is none."""
        system, architecture = self.platform.split("_")
        parts = path.strip("/").split("/")
        if path == "/v1/hashicorp/aws/versions":
            served = {"protocols": ["5.0"], "platforms": [{"os": system, "arch": architecture}]}
            versions = [{"version": version, **served} for version in self.archives]
            return json.dumps({"versions": versions}).encode()
        if parts[0] == "v1" and len(parts) == 7 and parts[4] == "download":
            return self._package(parts[3], system, architecture)
        if parts[0] in self.archives:
            return {
                "archive": self.archives[parts[0]],
                "sums": self.sums[parts[0]],
                "signature": self.key.run("--detach-sign", given=self.sums[parts[0]]),
            }[parts[1]]
        return None

    def _package(self, version: str, system: str, architecture: str) -> bytes:
        place = f"{self.url}/{version}"
        return json.dumps(
            {
                "protocols": ["5.0"],
                "os": system,
                "arch": architecture,
                "filename": self.file(version),
                "download_url": f"{place}/archive",
                "shasums_url": f"{place}/sums",
                "shasums_signature_url": f"{place}/signature",
                "shasum": self.sums[version].split()[0].decode(),
                "signing_keys": {"gpg_public_keys": [self.key.public]},
            }
        ).encode()


@contextmanager
def serve(registry: ProviderRegistry) -> Iterator[ProviderRegistry]:
    """The registry on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            registry.asked.append(self.path)
            content = registry.answer(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
