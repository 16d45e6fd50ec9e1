"""The provider that an environment is planned with: which it is, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lockgate.install import provision


@dataclass(frozen=True)
class ProviderBinary:
    """An installed provider: source, version, and the protocol it speaks (0: not known yet)."""

    source: str
    version: str
    path: Path
    protocol: int = 0

    def __str__(self) -> str:
        return f"{self.source} {self.version}"


def bundled_provider() -> ProviderBinary:
    """The AWS provider that Lockgate brings with it. Raises UsageError if it is not set up."""
    return ProviderBinary(
        "hashicorp/aws", provision.PROVIDER_VERSION, provision.provider_executable(), 5
    )
