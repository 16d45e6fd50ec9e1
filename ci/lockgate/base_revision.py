"""What judges a change, taken from the base revision: the change must not judge itself."""

from __future__ import annotations

import posixpath

import yaml

from lockgate.errors import UsageError
from lockgate.file_tree import FileTree, OutsideError
from lockgate.paths import SETTINGS_FILE


def settings_of(tree: FileTree, prefix: str, revision: str) -> object:
    """The settings document of a commit's tree, None if there is none. Raises UsageError."""
    where = f"{SETTINGS_FILE} of {revision}"
    try:
        path = tree.resolve(posixpath.join(prefix, SETTINGS_FILE)).path
        if not tree.is_file(path):
            return None
        return yaml.safe_load(tree.read(path).decode("utf-8"))
    except (OutsideError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"{where}: is not usable: {error}. Repair it on the base branch first."
        ) from error
