"""What git knows of a repository: commits, trees, and what differs from a commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.base.errors import UsageError
from lockgate.repository.file_tree import FILE, LINK, SUBMODULE, FileTree

_LINK_MODE = "120000"
_SUBMODULE_MODE = "160000"
# What reading modules needs; fetched at once, because one `git cat-file` each takes long.
_READ_AHEAD = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json", ".hcl")


@dataclass(frozen=True)
class GitRepository:
    """A git work tree. Paths are relative to ``top``, with slashes."""

    top: Path

    @classmethod
    def find(cls, directory: Path) -> GitRepository:
        """The repository around a directory. Raises UsageError if there is none."""
        top = _run(directory, "rev-parse", "--show-toplevel")
        return cls(Path(os.fsdecode(top.removesuffix(b"\n"))))

    def path_of(self, path: Path) -> str:
        """A path of the file system as one of the repository; "" for its top."""
        relative = path.resolve().relative_to(self.top.resolve()).as_posix()
        return "" if relative == "." else relative

    def commit(self, revision: str) -> str:
        """The commit that a revision names. Raises UsageError if there is none."""
        name = f"{revision}^{{commit}}"
        try:
            return self._text("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        except UsageError as error:
            raise UsageError(
                f"There is no commit '{revision}' in {self.top}. In a pipeline, check out the "
                "whole history (fetch-depth: 0, GIT_DEPTH: 0)."
            ) from error

    def tree_name(self, commit: str) -> str:
        """Git's name for the files of a commit: equal names are equal files."""
        return self._text("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")

    def merge_base(self, revision: str) -> str:
        """The commit where HEAD left a revision. Raises UsageError if they have none in common."""
        commit = self.commit(revision)
        try:
            return self._text("merge-base", commit, self.commit("HEAD"))
        except UsageError as error:
            raise UsageError(
                f"HEAD and '{revision}' have no commit in common in {self.top}. In a pipeline, "
                "check out the whole history (fetch-depth: 0, GIT_DEPTH: 0)."
            ) from error

    def changed(self, commit: str) -> frozenset[str]:
        """The paths in which HEAD or the work tree differs from a commit, untracked ones too."""
        options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
        # Both: the work tree may put back what HEAD changed, and hides nothing by that.
        asked = [
            ("diff", *options, "--ignore-submodules=none", commit, "--"),
            ("diff-tree", "-r", *options, commit, "HEAD", "--"),
            ("ls-files", "-z", "--others", "--exclude-standard"),
        ]
        return frozenset(path for arguments in asked for path in _paths(_run(self.top, *arguments)))

    def tree(self, commit: str) -> FileTree:
        """The files of a commit."""
        entries: dict[str, str] = {}
        blobs: dict[str, str] = {}
        for line in _run(self.top, "ls-tree", "-r", "-z", commit).split(b"\0"):
            if not line:
                continue
            head, _, name = line.partition(b"\t")
            mode, _, blob = head.decode().split()
            path = os.fsdecode(name)
            entries[path] = {_LINK_MODE: LINK, _SUBMODULE_MODE: SUBMODULE}.get(mode, FILE)
            blobs[path] = blob
        ahead = {
            blobs[path]
            for path, kind in entries.items()
            if kind == LINK or (kind == FILE and path.endswith(_READ_AHEAD))
        }
        contents = self._blobs(sorted(ahead))

        def read(path: str) -> bytes:
            blob = blobs[path]
            if blob not in contents:
                contents.update(self._blobs([blob]))
            return contents[blob]

        return FileTree(entries, read)

    def work_tree(self) -> FileTree:
        """The files as they stand: those git tracks, and those it does not ignore."""
        entries: dict[str, str] = {}
        for line in _run(self.top, "ls-files", "-z", "--stage").split(b"\0"):
            if line.startswith(_SUBMODULE_MODE.encode()):
                entries[os.fsdecode(line.partition(b"\t")[2])] = SUBMODULE
        listed = _run(
            self.top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name"
        )
        for path in _paths(listed):
            # An untracked repository inside this one is listed as a directory.
            on_disk = self.top / path
            if on_disk.is_symlink():
                entries[path] = LINK
            elif on_disk.is_file():
                entries[path] = FILE
            elif path.endswith("/"):
                entries[path.rstrip("/")] = SUBMODULE

        def read(path: str) -> bytes:
            on_disk = self.top / path
            if on_disk.is_symlink():
                return os.fsencode(on_disk.readlink())
            return on_disk.read_bytes()

        return FileTree(entries, read)

    def _blobs(self, names: Sequence[str]) -> dict[str, bytes]:
        if not names:
            return {}
        said = _run(
            self.top, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in names).encode()
        )
        blobs: dict[str, bytes] = {}
        at = 0
        for name in names:
            end = said.index(b"\n", at)
            words = said[at:end].split()
            if len(words) != 3:  # "<name> missing": a clone without its blobs
                raise UsageError(
                    f"git has no content for {name} in {self.top}: fetch it, or clone without "
                    "--filter."
                )
            size = int(words[2])
            blobs[name] = said[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return blobs

    def _text(self, *arguments: str) -> str:
        return _run(self.top, *arguments).decode("utf-8", "surrogateescape").strip()


def _paths(said: bytes) -> list[str]:
    return [os.fsdecode(path) for path in said.split(b"\0") if path]


def _run(directory: Path, *arguments: str, given: bytes = b"") -> bytes:
    try:
        finished = subprocess.run(
            ["git", "-C", str(directory), *arguments],
            input=given,
            capture_output=True,
            check=False,
            # A prompt would wait for ever; lazy fetches and replaced objects would hide what is.
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"},
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error}. Install git.") from error
    if finished.returncode:
        said = finished.stderr.decode("utf-8", "replace").strip()
        raise UsageError(
            f"{directory}: git {arguments[0]} failed: {said or finished.returncode}. "
            "This command compares commits of a git repository."
        )
    return finished.stdout
