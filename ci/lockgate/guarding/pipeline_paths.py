"""Which of the usual paths a repository's pipeline really uses, by what the base's pipeline names.

``scripts/`` is protected where the pipeline runs something of it, and is any other directory where
it does not. Only the default list is read so: what a repository lists itself is protected.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lockgate.repository.file_tree import FileTree
from lockgate.repository.pipeline_settings import USED_BY_SOME_PIPELINES, PipelineSettings

# Where the hosts look for a pipeline.
_PIPELINES = re.compile(
    r"(?:\.github|\.circleci|\.buildkite|\.gitlab|\.azuredevops|\.woodpecker|\.forgejo|\.gitea)/.+"
    r"|\.gitlab-ci\.yml|\.travis\.yml|\.drone\.yml|azure-pipelines.*\.ya?ml|bitbucket-pipelines\.yml"
    r"|buildspec.*\.ya?ml|cloudbuild.*\.ya?ml|atlantis\.ya?ml|Jenkinsfile.*"
)
# A pipeline uses these without their names: ``make check``, ``pip install .``.
_WORDS = {
    "Makefile": r"\bmake\b|\bMakefile\b",
    "pyproject.toml": r"pyproject\.toml|\b(?:pip|pipx|uv|uvx|poetry|hatch|tox|nox|python)\b",
}
_LARGEST = 1_000_000


def protected_paths(settings: PipelineSettings, base: FileTree, prefix: str) -> tuple[str, ...]:
    """The protected paths of the settings, less the defaults that the pipeline does not use."""
    if settings.protected_paths != PipelineSettings().protected_paths:
        return settings.protected_paths
    unused = set(USED_BY_SOME_PIPELINES) - _used(base, prefix)
    return tuple(path for path in settings.protected_paths if path not in unused)


def _used(base: FileTree, prefix: str) -> set[str]:
    """What the pipeline names, and what that names in turn."""
    waiting = [path for path in base.entries if _PIPELINES.fullmatch(path)]
    used: set[str] = set()
    while waiting:
        text = _text(base, waiting.pop())
        for candidate in USED_BY_SOME_PIPELINES:
            if candidate not in used and _names(text, candidate):
                used.add(candidate)
                waiting += _files(base, candidate, prefix)
    return used


def _names(text: str, candidate: str) -> bool:
    directory = rf"(?<![\w-]){re.escape(candidate.rstrip('/'))}(?![\w-])"
    return re.search(_WORDS.get(candidate, directory), text) is not None


def _files(base: FileTree, candidate: str, prefix: str) -> Collection[str]:
    places = {candidate, f"{prefix}/{candidate}" if prefix else candidate}
    return [
        path
        for path in base.entries
        if any(path.startswith(p) if p.endswith("/") else path == p for p in places)
    ]


def _text(base: FileTree, path: str) -> str:
    if not base.is_file(path):
        return ""
    return base.read(path)[:_LARGEST].decode("utf-8", "replace")
