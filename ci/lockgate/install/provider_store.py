"""Providers as ``init`` installed them once: every later one finds them here.

It is a filesystem mirror in Terraform's own layout, so that Terraform chooses from it by the
constraints, and holds what it takes to the lock file's hashes. What comes into it was verified by
the ``init`` that installed it.
https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import UsageError

_DEEP = 5
"""HOST/NAMESPACE/TYPE/VERSION/PLATFORM"""


@dataclass(frozen=True)
class ProviderStore:
    """The providers below ``path``."""

    path: Path

    @classmethod
    def at_home(cls) -> ProviderStore:
        """The one that all commands share."""
        return cls(paths.home() / "providers")

    def configuration(self, own: Path) -> Path:
        """The CLI configuration by which Terraform takes providers from here, and asks nobody.

        ``own`` is the user's: with providers under development it stays, for these go before all.

        Raises UsageError if it cannot be written.
        """
        if _develops(own):
            return own
        config = self.path / "providers.tfrc"
        mirror = json.dumps(str(self.path))
        text = (
            "disable_checkpoint = true\n"
            f"provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n"
        )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not config.is_file() or config.read_text("utf-8") != text:
                _write(config, text)
        except OSError as error:
            raise UsageError(
                f"{config} cannot be written: {error.strerror}. Free some space, or set "
                "LOCKGATE_HOME to another directory."
            ) from error
        return config

    def keep(self, installed: Path) -> None:
        """Take over what ``init`` put below a ``.terraform/providers``; it stays usable there.

        What lies in a mirror or cache of the user's is not copied. Without room, nothing is kept:
        that is no fault of the plan that is under way.
        """
        for package in packages(installed):
            with suppress(OSError, shutil.Error):
                self.take(installed, package)

    def take(self, installed: Path, package: Path) -> Path:
        """Take over one package of those below ``installed``; where it is now.

        It was verified just now: what lies there under its name and differs is replaced.

        Raises OSError if it cannot be written.
        """
        place = self.path / package.relative_to(installed)
        if not _same(package, place):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                _take(package, place)
            except OSError:
                if not _same(package, place):  # another command was faster
                    raise
        return place


def packages(installed: Path) -> Iterator[Path]:
    """The directories of single providers. Those that are links count as well as others."""
    yield from sorted(path for path in installed.glob("/".join("*" * _DEEP)) if path.is_dir())


def _take(package: Path, place: Path) -> None:
    """Whole or not at all: another command may look at the same time."""
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".unfinished-") as scratch:
        whole = Path(scratch, package.name)
        if package.is_symlink():
            whole.symlink_to(package.resolve())
        else:
            shutil.copytree(package, whole, symlinks=True, copy_function=_link_or_copy)
        if place.exists() or place.is_symlink():
            place.rename(Path(scratch, "before"))
        whole.rename(place)


def _same(package: Path, place: Path) -> bool:
    """Tell whether both hold the same files, byte by byte."""
    if package.is_symlink() or place.is_symlink() or not place.is_dir():
        return package.resolve() == place.resolve()
    names = [file.name for file in package.iterdir()]
    if sorted(names) != sorted(file.name for file in place.iterdir()):
        return False
    equal, _, _ = filecmp.cmpfiles(package, place, names, shallow=False)
    return len(equal) == len(names)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _develops(own: Path) -> bool:
    try:
        return "dev_overrides" in own.read_text("utf-8", "replace")
    except OSError:
        return False


def _write(file: Path, text: str) -> None:
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(unfinished).replace(file)
