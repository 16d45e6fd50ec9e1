"""The files below a directory as a tree, whether git knows of it or not."""

from __future__ import annotations

import os
from pathlib import Path

from lockgate.repository.file_tree import FILE, LINK, FileTree

_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv"})


def directory_tree(root: Path) -> FileTree:
    """The files as they stand, without hidden directories and others that hold no one's own."""
    entries: dict[str, str] = {}

    def walk(directory: str, start: str) -> None:
        with os.scandir(directory) as listed:
            for entry in listed:
                path = f"{start}{entry.name}"
                if entry.is_symlink():
                    entries[path] = LINK
                elif entry.is_file():
                    entries[path] = FILE
                elif entry.is_dir() and not _is_passed_over(entry.name):
                    try:
                        walk(entry.path, f"{path}/")
                    except PermissionError:
                        continue  # what may not be looked into is no one's environment here

    walk(str(root), "")

    def read(path: str) -> bytes:
        on_disk = root / path
        if on_disk.is_symlink():
            return os.fsencode(on_disk.readlink())
        return on_disk.read_bytes()

    return FileTree(entries, read)


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name in _PASSED_OVER
