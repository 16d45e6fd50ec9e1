"""LG_REGION_3: every module call says which provider it gets."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import ModuleInstance
from ...model.plan_values import as_dict


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Ask the HCL, because a plan does not tell an inherited provider from a passed one."""
    seen: set[tuple[str, ...]] = set()
    for module in architecture.tree.root.walk():
        if module.parent is None or module.path in seen or not _holds_aws(module):
            continue
        seen.add(module.path)
        facts = as_dict(architecture.facts.module(module.parent.path).get("calls"))
        call = as_dict(facts.get(module.name))
        where = f"{call.get('file')}:{call.get('line')}: " if call else ""
        name = f"module.{'.module.'.join(module.path)}"
        if not call:
            yield unknown(
                "",
                f"{name}: a plan does not say which providers a call passes; judge it together "
                "with its HCL (lockgate check, or checkov run beside the root module)",
            )
        elif call.get("providers"):
            yield passed("", f"{name} passes its providers")
        elif _has_one_to_inherit(architecture, module.parent):
            yield passed("", f"{name} inherits the one provider that was passed to its parent")
        else:
            yield failed(
                "", f"{where}{name} passes no providers, so it silently gets the default region"
            )


def _has_one_to_inherit(architecture: Architecture, parent: ModuleInstance) -> bool:
    """Whether a module was passed one AWS provider, so that its own calls can get no other."""
    if parent.parent is None or architecture.facts.module(parent.path).get("configuration_aliases"):
        return False
    calls = as_dict(architecture.facts.module(parent.parent.path).get("calls"))
    passed_on = as_dict(as_dict(calls.get(parent.name)).get("providers"))
    return "aws" in passed_on or (
        not passed_on and _has_one_to_inherit(architecture, parent.parent)
    )


def _holds_aws(module: ModuleInstance) -> bool:
    return any(r.type.startswith("aws_") for inner in module.walk() for r in inner.resources)


RULE = Rule(
    id="LG_REGION_3",
    title="Every module call says which provider it gets",
    severity=Severity.HIGH,
    why=(
        "A call without `providers` inherits the default provider: a copied call for the second "
        "region then builds in the first one, and the plan looks complete. A module that was "
        "passed one provider may let its own calls inherit it: there is no other to mistake it for."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/modules/develop/providers"
        "#passing-providers-explicitly",
    ),
    fix="Add `providers = { aws = aws... }` to the module call.",
    remediation="""\
module "network_secondary" {
  source    = "../../modules/network"
  providers = { aws = aws.secondary }
}
""",
    subjects=(),
    judge=judge,
    static=True,
)
