"""LG_REGION_3: no module call inherits a provider by a slip."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.global_services import is_global
from ...model.inherited_providers import InheritedProviders
from ...model.plan_tree import ModuleInstance
from ...model.plan_values import as_dict

# Of what a module builds one in each region: that a second copy of it stands in the first region
# is a slip, while two buckets or two functions there are two things.
_ONE_IN_EACH_REGION = frozenset(
    {
        "aws_alb",
        "aws_autoscaling_group",
        "aws_eks_cluster",
        "aws_elb",
        "aws_internet_gateway",
        "aws_lb",
        "aws_subnet",
        "aws_vpc",
    }
)


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Ask the HCL, because a plan does not tell an inherited provider from a passed one."""
    providers = InheritedProviders(architecture.facts, architecture.tree.root)
    seen: set[tuple[str, ...]] = set()
    for module in architecture.tree.root.walk():
        if module.parent is None or module.path in seen or not _holds_aws(module):
            continue
        seen.add(module.path)
        yield _judge_call(architecture, providers, module, module.parent)


def _judge_call(
    architecture: Architecture,
    providers: InheritedProviders,
    module: ModuleInstance,
    parent: ModuleInstance,
) -> Finding:
    name = f"module.{'.module.'.join(module.path)}"
    calls = architecture.facts.module(parent.path).get("calls")
    call = as_dict(as_dict(calls).get(module.name))
    if not call:
        if parent.parent is not None and (source := providers.elsewhere(parent.path)):
            return passed("", f"{name} is called inside of {source}, which is not written here")
        return unknown(
            "",
            f"{name}: a plan does not say which providers a call passes; judge it together "
            "with its HCL (lockgate check, or checkov run beside the root module)",
        )
    where = f"{call.get('file')}:{call.get('line')}: "
    if call.get("providers"):
        return passed("", f"{name} passes its providers")
    if not providers.takes_default(module):
        return passed("", f"{name} holds nothing that takes a provider from its caller")
    if all(is_global(resource.type) for inner in module.walk() for resource in inner.resources):
        return passed("", f"{name} holds nothing that stands in a region")
    if not providers.has_default(parent.path):
        caller = (
            f"module.{'.module.'.join(parent.path)} was passed no default one to inherit"
            if parent.path
            else "the root module configures no default one"
        )
        return failed(
            "",
            f"{where}{name} passes no providers, and {caller}, so it silently gets the default "
            "region",
        )
    if copies := _copies_by_slip(providers, module, parent):
        return failed(
            "",
            f"{where}{name} passes no providers, so it silently gets the default region, where "
            f"{' and '.join(copies)} builds the same",
        )
    return passed("", f"{name} inherits the one provider that can be meant")


def _copies_by_slip(
    providers: InheritedProviders, module: ModuleInstance, parent: ModuleInstance
) -> list[str]:
    """The other calls of the same module in the same place, where these outnumber the others."""
    kinds = {resource.type for inner in module.walk() for resource in inner.resources}
    if len(providers.choices(parent.path)) < 2 or not kinds & _ONE_IN_EACH_REGION:
        return []
    twins = providers.same_module(module.path)
    mine = providers.root_key(module.path)
    here = [twin for twin in twins if providers.root_key(twin) == mine]
    if len(here) < len(twins) - len(here):
        return []
    return [f"module.{'.module.'.join(twin)}" for twin in here]


def _holds_aws(module: ModuleInstance) -> bool:
    return any(r.type.startswith("aws_") for inner in module.walk() for r in inner.resources)


RULE = Rule(
    id="LG_REGION_3",
    title="No module call inherits its provider by a slip",
    severity=Severity.HIGH,
    why=(
        "A call without `providers` inherits the default provider: a copied call for the second "
        "region then builds in the first one again, and the plan looks complete. Judged are "
        "modules of which a region has one, such as networks, load balancers and scaling groups, "
        "and calls that have no default provider to inherit. Inheriting is no fault where only "
        "one provider can be meant."
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
