"""A filesystem mirror for one provider, so that ``init`` takes it and no other.

Laid out as Terraform and OpenTofu look for it, unpacked, under the registries of both:
https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install.provider_binary import ProviderBinary

REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")


def cli_config_for(binary: ProviderBinary) -> Path:
    """The CLI configuration that names a mirror of this provider, which is made if need be.

    Raises UsageError if it cannot be made.
    """
    own = hashlib.sha256(f"{binary} {binary.path}".encode()).hexdigest()[:16]
    place = paths.home() / "mirrors" / own
    config = place / "providers.tfrc"
    try:
        for registry in REGISTRIES:
            link(binary.path, _place_of(binary, place / registry))
        if not config.is_file():
            _write(config, cli_config(place, binary.source))
    except OSError as error:
        raise UsageError(
            f"No mirror of the provider {binary} can be made in {place}: {error}. Free some space, "
            "or set LOCKGATE_HOME to another directory."
        ) from error
    return config


def cli_config(mirror: Path, source: str) -> str:
    """A CLI configuration that takes ``source`` from the mirror, and others as ever."""
    addresses = json.dumps([f"{registry}/{source}" for registry in REGISTRIES])
    return f"""\
disable_checkpoint = true
provider_installation {{
  filesystem_mirror {{
    path    = {json.dumps(str(mirror))}
    include = {addresses}
  }}
  direct {{
    exclude = {addresses}
  }}
}}
"""


def link(program: Path, place: Path) -> None:
    """Let ``place`` be the same file as ``program``, in directories of its own.

    By its name where the two lie on different disks, or the program is somebody else's.
    """
    if place.exists() and place.samefile(program):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    try:
        os.link(program, unfinished)
    except OSError:
        unfinished.symlink_to(program)
    unfinished.replace(place)


def _place_of(binary: ProviderBinary, registry: Path) -> Path:
    # …/VERSION/PLATFORM/PROGRAM, as it lies where it was installed.
    return registry / binary.source / binary.version / binary.path.parent.name / binary.path.name


def _write(file: Path, text: str) -> None:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(file)
