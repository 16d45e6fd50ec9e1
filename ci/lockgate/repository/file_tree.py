"""A tree of files, of a commit or the work tree; its links are followed, but never out of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

FILE = "file"
LINK = "link"
SUBMODULE = "submodule"

# As Linux does (path_resolution(7)).
_MOST_LINKS = 40


class OutsideError(ValueError):
    """A path that leads out of the tree, or in a circle."""


class AmbiguousError(OutsideError):
    """A path that goes up from a link: Terraform's functions and the system read other files."""


@dataclass(frozen=True)
class Resolved:
    """Where a path leads, "" being the tree's root, and the links on the way."""

    path: str
    links: tuple[str, ...]


@dataclass(frozen=True)
class FileTree:
    """Files by path, relative to the root, with slashes; directories are implied.

    ``entries`` tells each path's kind. ``read`` gives a file's content, and a link's target.
    """

    entries: Mapping[str, str]
    read: Callable[[str], bytes] = field(repr=False)

    @cached_property
    def directories(self) -> Mapping[str, tuple[str, ...]]:
        """The names in each directory."""
        names_by_directory: dict[str, set[str]] = {"": set()}
        for path in self.entries:
            while path:
                parent, name = posixpath.split(path)
                names_by_directory.setdefault(parent, set()).add(name)
                path = parent
        return {directory: tuple(sorted(names)) for directory, names in names_by_directory.items()}

    def resolve(self, path: str) -> Resolved:
        """Where a path leads; nothing need be there. Raises OutsideError."""
        resolved = self._followed(path)
        # Terraform takes `link/..` away before it asks the system, which would follow the link.
        if resolved.links and ".." in path.split("/"):
            cleaned = self._followed(posixpath.normpath(path)).path
            if cleaned != resolved.path:
                raise AmbiguousError(
                    f"{path} goes up from a link, and is {cleaned} to Terraform and "
                    f"{resolved.path} to the system"
                )
        return resolved

    def _followed(self, path: str) -> Resolved:
        links: list[str] = []
        done: list[str] = []
        waiting = list(reversed(path.split("/")))
        if path.startswith("/"):
            raise OutsideError(f"{path} is absolute")
        while waiting:
            step = waiting.pop()
            if step in ("", "."):
                continue
            if step == "..":
                if not done:
                    raise OutsideError(f"{path} leads out of the repository")
                done.pop()
                continue
            here = "/".join([*done, step])
            if self.entries.get(here) != LINK:
                done.append(step)
                continue
            links.append(here)
            target = self.read(here).decode("utf-8", "surrogateescape")
            if target.startswith("/"):
                raise OutsideError(f"{here} is a link to {target}, which is absolute")
            if len(links) > _MOST_LINKS:
                raise OutsideError(f"{here} is a link that leads in a circle")
            waiting += reversed(target.split("/"))
        return Resolved("/".join(done), tuple(links))

    def names(self, directory: str) -> tuple[str, ...]:
        """What is in a directory, which must be resolved; nothing, if there is none."""
        return self.directories.get(directory, ())

    def is_directory(self, path: str) -> bool:
        """Tell whether a resolved path is a directory."""
        return path in self.directories

    def is_file(self, path: str) -> bool:
        """Tell whether a resolved path is a file."""
        return self.entries.get(path) == FILE

    def below(self, directory: str) -> list[str]:
        """Every path under a resolved directory, and itself if it is a file."""
        start = f"{directory}/" if directory else ""
        return [path for path in self.entries if path == directory or path.startswith(start)]
