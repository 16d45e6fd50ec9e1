"""What a root module declares of the variables that its environment's settings speak of."""

from __future__ import annotations

from lockgate.base.errors import EngineError, UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate.engine.dialect import configured_dialect
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.blocks import Block, Expression
from lockgate_policies.hcl.modules import HclError, dialect_of, read_blocks
from lockgate_policies.hcl.text import value_of


def variable_types(environment: Environment) -> dict[str, Expression | None]:
    """The type constraint of each such variable, None for one without.

    Raises UsageError for a name that the root module does not declare, EngineError for HCL that
    does not parse.
    """
    wanted = environment.inputs.unknown
    if not wanted:
        return {}
    declared = {name: block.attribute("type") for name, block in _declared(environment).items()}
    for name in wanted:
        if name not in declared:
            raise UsageError(
                f"{SETTINGS_FILE}: environments.{environment.name}.unknown_variables: "
                f"{environment.inside} declares no variable '{name}'."
            )
    return {name: kind.expression if (kind := declared[name]) else None for name in wanted}


def refuse_sensitive(environment: Environment) -> None:
    """Raise UsageError for a value in the settings of a variable that is declared as sensitive.

    Raises EngineError for HCL that does not parse.
    """
    given = environment.inputs.variables
    if not given:
        return
    for name, block in _declared(environment).items():
        sensitive = block.attribute("sensitive")
        if name in given and sensitive and value_of(sensitive) is not False:
            raise UsageError(
                f"{SETTINGS_FILE}: environments.{environment.name}.variables.{name}: the variable "
                "is declared as sensitive, and this file is read by everybody. Give it as "
                f"TF_VAR_{name} in the pipeline, or list it under unknown_variables."
            )


def _declared(environment: Environment) -> dict[str, Block]:
    """The variables of the root module. Raises EngineError for HCL that does not parse."""
    dialect = dialect_of(environment.directory, configured_dialect(environment))
    try:
        blocks = read_blocks(environment.directory, dialect)
    except HclError as error:
        raise EngineError(str(error)) from error
    return {
        source.block.labels[0]: source.block
        for source in blocks
        if source.block.kind == "variable" and source.block.labels
    }
