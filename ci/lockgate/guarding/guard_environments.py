"""What a change does to which environments there are, and so to what they are judged by.

Settings hold for an environment by its name. Where names are found and not said, a file that is
added or renamed can give an environment another one, or make it none.
"""

from __future__ import annotations

from lockgate.base.paths import SETTINGS_FILE
from lockgate.guarding.guard_finding import GuardFinding
from lockgate.repository.environments import PlacedEnvironment, in_tree, settings_document
from lockgate.repository.file_tree import FileTree
from lockgate_policies.hcl.module_files import is_configuration
from lockgate_policies.model.settings import Settings, SettingsError, parse_settings


def renamed_environments(before: FileTree, after: FileTree, prefix: str) -> set[GuardFinding]:
    """The environments that the change would have judged by other settings, or by none at all."""
    document = settings_document(before, prefix)
    then = in_tree(before, prefix)
    now = in_tree(after, prefix)
    by_place = {_place(root): (name, root) for name, root in now.items()}
    rooted = {root.directory for whole in now.values() for root in whole.roots}
    findings: set[GuardFinding] = set()
    for name, old in then.items():
        if name in now or old.parts:
            continue
        new = by_place.get(_place(old))
        file = _some_file(after, old.directory)
        if new is not None:
            if _settings(document, name) != _settings(document, new[0]):
                cause = (
                    f"{name} would be called {new[0]}, and {SETTINGS_FILE} says of {name} how it "
                    "is judged"
                )
                findings.add(GuardFinding(file or old.directory, 1, "environment", cause))
        elif file is not None and old.directory not in rooted:
            cause = f"{name} would be no environment any more, and its files are still there"
            findings.add(GuardFinding(file, 1, "environment", cause))
    return findings


def _place(root: PlacedEnvironment) -> object:
    return root.directory, root.inputs.var_files


def _settings(document: object, name: str) -> Settings | None:
    try:
        return parse_settings(document, name)
    except SettingsError:
        return None


def _some_file(tree: FileTree, directory: str) -> str | None:
    """A file of configuration in a directory; None if there is none."""
    names = [name for name in tree.names(directory) if is_configuration(name)]
    paths = [f"{directory}/{name}" if directory else name for name in names]
    return next((path for path in paths if tree.is_file(path)), None)
