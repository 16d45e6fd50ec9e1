"""What the HCL of an environment says, with what ``init`` is given for its backend."""

from __future__ import annotations

from typing import Any

from lockgate.judging.joined_plan import join_facts
from lockgate.repository.environments import Environment
from lockgate.targets.state_backend import given_backend
from lockgate_policies.hcl.module_files import Dialect
from lockgate_policies.model.hcl_reader import read_facts


def environment_facts(environment: Environment, dialect: Dialect) -> dict[str, Any]:
    """The facts that travel in a plan document, joined for several root modules.

    Raises HclError for HCL that does not parse, EngineError for such a file of a backend.
    """
    if not environment.parts:
        return _facts_of_root(environment, dialect)
    by_root = {part.name: _facts_of_root(part, dialect) for part in environment.parts}
    return join_facts(by_root, {part.name: part.inside for part in environment.parts})


def _facts_of_root(environment: Environment, dialect: Dialect) -> dict[str, Any]:
    facts = read_facts(environment.directory, environment.root, dialect)
    backend = facts["modules"][""].get("backend")
    if backend is not None:
        backend["arguments"] |= given_backend(environment)
    return facts
