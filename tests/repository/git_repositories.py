"""Real git repositories with environments and modules, made for one test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lockgate.base import paths

AWS = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
}
"""
BACKEND = 'terraform {\n  backend "s3" {\n    bucket = "state"\n    key    = "dev"\n  }\n}\n'
IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True)
class GitFiles:
    """A git repository, and the lockgate command in it."""

    root: Path

    @classmethod
    def make(cls, root: Path, files: Mapping[str, str]) -> GitFiles:
        """A repository whose first commit, the branch main, has these files."""
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.git("init", "-q", "-b", "main")
        made.commit(files)
        made.git("checkout", "-q", "-b", "change")
        return made

    def git(self, *arguments: str) -> str:
        """Run git; its output."""
        return subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files into the work tree; None removes one, "-> x" makes a link to x."""
        for name, content in files.items():
            path = self.root / name
            if path.is_symlink() or (content is None and path.exists()):
                path.unlink()
            if content is None:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            elif content.startswith("-> "):
                if path.exists():
                    path.unlink()
                path.symlink_to(content[3:])
            else:
                path.write_text(content)

    def commit(self, files: Mapping[str, str | bytes | None]) -> str:
        """Commit files, those that .gitignore names too; the commit's name."""
        self.write(files)
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def lockgate(
        self, *arguments: str, directory: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a lockgate command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "lockgate", *arguments],
            cwd=directory or self.root,
            env={**os.environ, **IDENTITY, "PYTHONPATH": paths.import_path()},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )


def module(source: str, name: str = "m") -> str:
    """A module call."""
    return f'module "{name}" {{\n  source = "{source}"\n}}\n'
