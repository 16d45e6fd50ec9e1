"""Providers that a machine has of its own, for tests that need one that is not brought along."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.install.provider_binary import ProviderBinary

_PLACES = (Path("/opt"), Path("/usr/local"), Path("/usr/share"))
_REGISTRY = "registry.terraform.io"
_DEEPEST = 3


def installed_provider(major: int) -> ProviderBinary:
    """The newest AWS provider of this major version in a filesystem mirror of the machine's.

    Skips the test where there is none.
    """
    found = [each for each in _installed() if each.version.startswith(f"{major}.")]
    if not found:
        pytest.skip(
            f"This machine has no AWS provider {major}.x in a filesystem mirror below "
            f"{', '.join(map(str, _PLACES))}: `terraform providers mirror` makes one, whose "
            "archive must be unpacked there."
        )
    return max(found, key=lambda each: tuple(map(int, each.version.split("."))))


def _installed() -> Iterator[ProviderBinary]:
    for registry in _registries():
        for program in registry.glob("hashicorp/aws/*/*/terraform-provider-aws_v*"):
            version = program.parent.parent.name
            if os.access(program, os.X_OK) and version.replace(".", "").isdigit():
                yield ProviderBinary("hashicorp/aws", version, program)


def _registries() -> Iterator[Path]:
    for place in _PLACES:
        for directory, below, _ in os.walk(place):
            if _REGISTRY in below:
                yield Path(directory, _REGISTRY)
            if len(Path(directory).relative_to(place).parts) >= _DEEPEST:
                below.clear()
