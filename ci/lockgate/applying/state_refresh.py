"""Brings the state up to date after an apply, so that what differs later is drift and nothing else.

What a resource reads of others is old in the state: a route table is written down before its routes
are made, a security group before its rules. Terraform leaves it so while nothing else changes, and
every look for drift would find it.
"""

from __future__ import annotations

from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.state import errored_state
from lockgate.state.terraform_errors import explained
from lockgate.targets.target import Workspace


def settle(engine: Engine, workspace: Workspace) -> str:
    """Write what really stands into the state, which changes no resource.

    Only right after an apply. Returns "" or, since the apply itself is done, what went wrong.
    """
    plan = workspace.scratch / "lockgate-settle.tfplan"
    try:
        with explained(workspace):
            if engine.plan(workspace.directory, workspace.env, plan, extra=["-refresh-only"]):
                engine.apply(workspace.directory, workspace.env, plan)
    except EngineError as error:
        return f"{error}{errored_state.rescue(workspace)}"
    return ""
