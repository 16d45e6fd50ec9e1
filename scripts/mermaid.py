"""Brings Mermaid, which draws the diagrams of the documentation site, into LOCKGATE_HOME.

The site's theme would load it from a CDN. Here it is one file of the npm package, whose archive
must have the hash below; the site carries it, and asks nobody.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import LockgateError, UsageError
from lockgate.install.complete_directory import Facts, StampedDirectory

# The major version that mkdocs-material draws with.
VERSION = "11.17.2"
SHA512 = "V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=="
FILE = "mermaid.min.js"
_NEEDS = 30_000_000
_PROGRAMS = Path(sys.executable).parent


def installed() -> Path | None:
    """Mermaid's file, if it is there."""
    directory = _directory()
    return directory.path / FILE if directory.facts() is not None else None


def install() -> Path:
    """Mermaid's file, which is brought first if need be.

    Raises:
        UsageError: npm fails, or gives another archive.
    """
    directory = _directory()
    if directory.facts() is None:
        directory.build(_fill, lambda: directory.facts() is not None, print)
    return directory.path / FILE


def _directory() -> StampedDirectory:
    return StampedDirectory(paths.home() / f"mermaid-{VERSION}", SHA512, _NEEDS)


def _fill(directory: Path) -> Facts:
    done = subprocess.run(
        [_PROGRAMS / "npm", "pack", "--silent", f"mermaid@{VERSION}"],
        cwd=directory,
        env={**os.environ, "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    archive = directory / f"mermaid-{VERSION}.tgz"
    if done.returncode or not archive.is_file():
        raise UsageError(
            f"`npm pack mermaid@{VERSION}` failed:\n{done.stderr[-1500:].strip()}\n"
            "Packages come from the registry that npm is configured for: see `npm config list`."
        )
    unpack(archive, directory / FILE)
    archive.unlink()
    return {"version": VERSION}


def unpack(archive: Path, out: Path) -> None:
    """Take Mermaid's file out of the archive.

    Raises:
        UsageError: it is not the archive that was looked at.
    """
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise UsageError(
            f"{archive.name} has the sha512 {digest}, and {SHA512} is expected: the registry gives "
            "something else than what was looked at. Nothing of it is used."
        )
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/dist/{FILE}")
        if member is None:
            raise UsageError(f"{archive.name} holds no dist/{FILE}")
        with member, out.open("wb") as file:
            shutil.copyfileobj(member, file)


def main() -> int:
    """Bring it, and say where it is."""
    try:
        print(install())
    except LockgateError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
