"""What the guard says of files by their names: links, engine files, protected paths, TF_ names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from lockgate.guarding.guard_finding import GuardFinding
from lockgate.guarding.pipeline_paths import protected_paths
from lockgate.repository.file_tree import LINK, FileTree, OutsideError
from lockgate.repository.pipeline_settings import PipelineSettings

_ENGINE_SETTINGS = frozenset({".terraformrc", "terraform.rc", ".tofurc", "tofu.rc"})
# Terraform looks into these for modules, providers and the backend that it would use.
_ENGINE_DIRECTORIES = frozenset({".terraform", "terraform.d"})
_ENVIRONMENT_FILE = re.compile(r"\.env(\..+)?|.+\.env|\.envrc|mise\.toml|\.mise\.toml")
_TF_NAME = re.compile(r"(?:TF|TOFU)_[A-Za-z0-9_]+")
# In a file of values a name is set, and may be spoken of behind it.
_TF_VALUE = re.compile(r"(?:^|[\s;{,(])[\"']?((?:TF|TOFU)_[A-Za-z0-9_]+)[\"']?\s*[=:]")
# An assignment as shells, YAML, TOML, JSON, make and Dockerfiles write it.
_TF_ASSIGNED = re.compile(
    r"(?:^|[\s;{,(-])(?:export\s+|ENV\s+)?[\"']?((?:TF|TOFU)_(?:CLI_ARGS\w*|CLI_CONFIG_FILE|"
    r"DATA_DIR|REATTACH_PROVIDERS|PLUGIN_CACHE_DIR|WORKSPACE|VAR_\w+|ENCRYPTION))[\"']?\s*[:?]?[=:]"
)
# It sets nothing in shells, YAML, TOML, HCL, make and Dockerfiles; in a batch file it is a command.
_COMMENT = re.compile(r"\s*#")
_NO_COMMENTS = (".bat", ".cmd", ".json")
_DEV_OVERRIDES = re.compile(r"\bdev_overrides\b\s*[={]")
# Read by nobody who runs the engine: pages, and programs whose texts may speak of such names.
_NOT_RUN = (".md", ".rst", ".txt", ".html", ".svg", ".py", ".mjs", ".js", ".ts", ".go", ".tf")


def check_files(
    before: FileTree,
    after: FileTree,
    changed: Iterable[str],
    settings: PipelineSettings,
    labels: Collection[str],
    prefix: str,
) -> Iterator[GuardFinding]:
    """The refusals that need no module to be read."""
    changes = sorted(changed)
    labelled = settings.protected_paths_label in labels
    protected = set(_protected(changes, settings, prefix, before, after))
    for path in changes:
        if path in protected and not labelled:
            cause = f"is protected, and the label {settings.protected_paths_label} is not there"
            yield GuardFinding(path, 1, "protected-path", cause)
    for path, kind in after.entries.items():
        yield from _by_name(after, path, kind)
    for path in changes:
        # With the label, an owner has looked at a protected file.
        if path not in protected and after.is_file(path):
            yield from _overrides(path, after.read(path))


def _protected(
    changes: Iterable[str],
    settings: PipelineSettings,
    prefix: str,
    before: FileTree,
    after: FileTree,
) -> Iterator[str]:
    named: set[str] = set()
    for protected_path in protected_paths(settings, before, prefix):
        for place in (protected_path, posixpath.join(prefix, protected_path)):
            named.add(place)
            for tree in (before, after):
                if tree.entries.get(place) == LINK:
                    try:
                        named.add(tree.resolve(place).path)
                    except OutsideError:
                        continue  # refused as a link
    directories = tuple(place for place in named if place.endswith("/"))
    exact = {place.rstrip("/") for place in named}
    for path in changes:
        if path in exact or path.startswith(directories):
            yield path


def _by_name(tree: FileTree, path: str, kind: str) -> Iterator[GuardFinding]:
    if kind == LINK:
        try:
            target = tree.resolve(path).path
        except OutsideError as error:
            yield GuardFinding(path, 1, "link", str(error))
        else:
            if target.split("/")[0] == ".git":
                yield GuardFinding(path, 1, "link", "leads into git's own files")
    names = path.split("/")
    reserved = _ENGINE_DIRECTORIES.intersection(names)
    if reserved:
        cause = f"is in a directory {min(reserved)}, which the engine keeps for itself"
        yield GuardFinding(path, 1, "engine-files", cause)
    elif names[-1] in _ENGINE_SETTINGS or names[-1].endswith(".tfrc"):
        yield GuardFinding(path, 1, "engine-override", "holds settings of the engine")


def _overrides(path: str, content: bytes) -> Iterator[GuardFinding]:
    name = posixpath.basename(path)
    environment = _ENVIRONMENT_FILE.fullmatch(name) is not None
    if name.endswith(_NOT_RUN) and not environment:
        return
    pattern = _TF_NAME if environment else _TF_ASSIGNED
    if name.endswith(".tfvars"):
        pattern = _TF_VALUE
    continued = False
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        # What a backslash joins to the line before it is no comment, whatever it begins with.
        comment = not continued and _COMMENT.match(line) and not name.endswith(_NO_COMMENTS)
        continued = line.endswith("\\")
        if comment:
            continue
        if match := pattern.search(line):
            cause = f"sets {match.group(match.lastindex or 0)}"
            yield GuardFinding(path, number, "engine-override", cause)
        elif _DEV_OVERRIDES.search(line):
            yield GuardFinding(path, number, "engine-override", "holds dev_overrides")
