"""Whose configuration files count: OpenTofu reads ``.tofu`` files, which Terraform passes over."""

from __future__ import annotations

import os
from pathlib import Path

from lockgate_policies.hcl.module_files import Dialect

# A plan names each provider with the registry that its engine asks by default.
_OPENTOFU_PROVIDER = b'":"registry.opentofu.org/'


def configured_dialect() -> Dialect:
    """The dialect of the engine that LOCKGATE_TERRAFORM names; the embedded one is Terraform."""
    name = Path(os.environ.get("LOCKGATE_TERRAFORM", "")).name
    return Dialect.OPENTOFU if name.startswith("tofu") else Dialect.TERRAFORM


def dialect_of_plan(plan: bytes) -> Dialect:
    """The dialect of the engine that made a plan's JSON; of OpenTofu's, the providers tell."""
    made_by_opentofu = _OPENTOFU_PROVIDER in plan
    return Dialect.OPENTOFU if made_by_opentofu else configured_dialect()
