"""Whose configuration files count: OpenTofu reads ``.tofu`` files, which Terraform passes over."""

from __future__ import annotations

from lockgate.engine.engine import Engine
from lockgate.engine.environment_engine import engine_of
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.module_files import Dialect

# A plan names each provider with the registry that its engine asks by default.
_OPENTOFU_PROVIDER = b'":"registry.opentofu.org/'


def configured_dialect(environment: Environment) -> Dialect:
    """The dialect of the engine that an environment is planned with.

    That is the one of ``--terraform``, which the command line puts into LOCKGATE_TERRAFORM, or of
    the environment's settings, or the embedded one, which is Terraform. Raises UsageError if it
    cannot be run, EngineError if it does not tell what it is.
    """
    engine = engine_of(environment, Engine.find())
    return Dialect.OPENTOFU if engine.is_opentofu else Dialect.TERRAFORM


def dialect_of_plan(plan: bytes, environment: Environment) -> Dialect:
    """The dialect of the engine that made a plan's JSON; of OpenTofu's, the providers tell."""
    made_by_opentofu = _OPENTOFU_PROVIDER in plan
    return Dialect.OPENTOFU if made_by_opentofu else configured_dialect(environment)
