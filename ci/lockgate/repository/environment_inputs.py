"""What an environment's root module is planned with: variable files, values, a workspace.

They are Terraform's own inputs, given in Terraform's own way: nothing is interpreted here.
https://developer.hashicorp.com/terraform/language/values/variables#assign-values-to-root-module-variables
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VALUES_FILE = "lockgate-variables.tfvars.json"


@dataclass(frozen=True)
class Inputs:
    """The inputs of one root module; files are paths, relative ones to the repository's root.

    ``variables`` are JSON values by name; later files and these win, as with Terraform.
    ``options`` are further arguments of ``plan`` (``-var`` and ``-var-file`` of the command line),
    which win over everything. ``workspace`` is the CLI workspace, ``backend_config`` what ``init``
    gets, ``terraform`` the engine's executable. ``unknown`` names variables that the verdict does
    not need: they are planned as values that nobody knows. ``examples`` are two values for some of
    them, which their validations take.
    """

    var_files: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    workspace: str = ""
    backend_config: tuple[str, ...] = ()
    terraform: str = ""
    unknown: tuple[str, ...] = ()
    examples: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def arguments(self, repository: Path, scratch: Path) -> list[str]:
        """The arguments that ``plan`` and ``destroy`` get; values go to a file in ``scratch``."""
        files = [str(repository / file) for file in self.var_files]
        if self.variables:
            values = scratch / _VALUES_FILE
            values.write_text(json.dumps(dict(self.variables)), encoding="utf-8")
            files.append(str(values))
        return [*(f"-var-file={file}" for file in files), *self.options]

    def variables_of_process(self, repository: Path, scratch: Path) -> dict[str, str]:
        """The environment variables that hand the inputs to an engine of its own process.

        https://developer.hashicorp.com/terraform/cli/config/environment-variables
        """
        given: dict[str, str] = {}
        if arguments := shlex.join(self.arguments(repository, scratch)):
            given["TF_CLI_ARGS_plan"] = arguments
            given["TF_CLI_ARGS_destroy"] = arguments
        if self.workspace:
            given["TF_WORKSPACE"] = self.workspace
        return given

    def initialisation(self, repository: Path) -> dict[str, str]:
        """The environment variables that hand the backend's configuration to ``init``."""
        arguments = [
            f"-backend-config={entry if '=' in entry else repository / entry}"
            for entry in self.backend_config
        ]
        return {"TF_CLI_ARGS_init": shlex.join(arguments)} if arguments else {}

    def fingerprint(self, repository: Path) -> str:
        """What the engine is given (sha256), files by their content; "" for nothing.

        Files count although they stand in the repository: git may ignore them. Raises OSError.
        """
        given = [("-var-file", (repository / file).read_bytes()) for file in self.var_files]
        for entry in self.backend_config:
            content = entry.encode() if "=" in entry else (repository / entry).read_bytes()
            given.append(("-backend-config", content))
        for option in self.options:
            name, _, value = option.partition("=")
            given.append((name, value.encode() if name == "-var" else Path(value).read_bytes()))
        digest = hashlib.sha256()
        for name, content in given:
            digest.update(f"{name} {len(content)}\n".encode() + content)
        return digest.hexdigest() if given else ""
