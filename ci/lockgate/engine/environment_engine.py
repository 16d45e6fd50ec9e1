"""Which engine an environment is planned and applied with, where its settings name one."""

from __future__ import annotations

import shutil
from pathlib import Path

from lockgate.base.errors import UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment


def engine_of(environment: Environment, engine: Engine) -> Engine:
    """The engine of the command line or of LOCKGATE_TERRAFORM, or else the environment's own.

    ``engine`` is what runs where nothing is said. Raises UsageError if the one that the settings
    name cannot be run, or stands in the repository.
    """
    named = environment.inputs.terraform
    if not named or not engine.embedded:
        return engine
    where = f"{SETTINGS_FILE}: environments.{environment.name}.terraform"
    path = shutil.which(named)
    if path is None:
        raise UsageError(
            f"{where}: '{named}' is no executable file. Install it, or give --terraform."
        )
    if Path(path).resolve().is_relative_to(environment.root.resolve()):
        raise UsageError(
            f"{where}: '{named}' stands in the repository, where a change could replace it. Name "
            "one that is installed."
        )
    return Engine.find(path)
