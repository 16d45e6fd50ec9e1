"""The types of the variables that an environment declares as not needed for its verdict."""

from __future__ import annotations

from lockgate.base.errors import EngineError, UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate.engine.dialect import configured_dialect
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.blocks import Expression
from lockgate_policies.hcl.modules import HclError, dialect_of, read_blocks


def variable_types(environment: Environment) -> dict[str, Expression | None]:
    """The type constraint of each such variable, None for one without.

    Raises UsageError for a name that the root module does not declare, EngineError for HCL that
    does not parse.
    """
    wanted = environment.inputs.unknown
    if not wanted:
        return {}
    dialect = dialect_of(environment.directory, configured_dialect(environment))
    try:
        blocks = read_blocks(environment.directory, dialect)
    except HclError as error:
        raise EngineError(str(error)) from error
    declared = {
        source.block.labels[0]: source.block.attribute("type")
        for source in blocks
        if source.block.kind == "variable" and source.block.labels
    }
    for name in wanted:
        if name not in declared:
            raise UsageError(
                f"{SETTINGS_FILE}: environments.{environment.name}.unknown_variables: "
                f"{environment.inside} declares no variable '{name}'."
            )
    return {name: kind.expression if (kind := declared[name]) else None for name in wanted}
