"""A plan as it can be asked: what an argument leads to, in which region, as far as it is known."""

from __future__ import annotations

from .hcl_facts import HclFacts
from .plan_references import NamedReferences
from .plan_tree import PlanTree, Resource
from .plan_values import Value, as_list
from .provider_regions import ProviderRegions
from .record_names import record_name
from .references import References
from .resolved_plan import ResolvedPlan
from .resolved_references import ResolvedReferences
from .settings import Settings
from .taken_attributes import TakenAttributes
from .targets import Targets, merge
from .value_index import ValueIndex

# What these answer may be the address of anything, and of which kind only an account tells.
_HOLD_ANYTHING = frozenset(
    {
        "terraform_remote_state",
        "aws_cloudformation_export",
        "aws_cloudformation_stack",
        "aws_secretsmanager_secret_version",
        "aws_ssm_parameter",
        "aws_ssm_parameters_by_path",
    }
)


class PlanView:
    """One plan, its HCL facts and the settings that it is judged by."""

    def __init__(
        self,
        tree: PlanTree,
        facts: HclFacts | None = None,
        settings: Settings | None = None,
        environment: str = "",
        resolved: ResolvedPlan | None = None,
    ) -> None:
        self.tree = tree
        self.facts = facts or HclFacts()
        self.settings = settings or Settings()
        self.environment = environment
        values = ValueIndex(tree)
        named = NamedReferences(self.facts, values)
        self.references: References = (
            ResolvedReferences(tree, resolved, values, named) if resolved else named
        )
        self.taken = TakenAttributes(self.facts, resolved)
        self.regions = ProviderRegions(tree, self.facts, resolved.regions if resolved else None)

    @property
    def exact(self) -> bool:
        """Tell whether the plan says of each value where it comes from, inside of blocks too."""
        return isinstance(self.references, ResolvedReferences)

    def region(self, resource: Resource) -> Value:
        """The region a resource will live in, or UNKNOWN."""
        return self.regions.of(resource)

    def targets(self, resource: Resource, path: str, *types: str) -> Targets:
        """The resources (of the given types) that an argument leads to."""
        return self.references.targets(resource, path, *types)

    def candidates(self, resource: Resource, path: str, *types: str) -> Targets:
        """All the resources that an argument may lead to, where it is not known to which."""
        return self.references.candidates(resource, path, *types)

    def gives(self, resource: Resource, name: str) -> bool:
        """Tell whether the configuration gives an argument or block, ``dynamic`` ones included."""
        if name in resource.not_given:
            return False
        facts = self.facts.expression(resource.module.path, resource.type, resource.name, name)
        return resource.sets(name) or facts is not None

    def endpoints(self, resource: Resource, path: str) -> Targets:
        """The resources that a DNS name or address given at ``path`` leads to.

        A name that is another record of this plan leads where that record leads.
        """
        endpoints: list[Targets] = []
        waiting, seen = [(resource, path)], {id(resource)}
        while waiting:
            one, place = waiting.pop(0)
            here = self.references.targets(one, place)
            literal = self._records_named(one.value(place))
            if literal:
                here = Targets(tuple(literal))
            endpoints.append(Targets(gaps=here.gaps))
            for target in here.resources:
                if target.mode == "data" and target.type in _HOLD_ANYTHING:
                    where = f"{one.address}: {place} comes from {target.address}"
                    endpoints.append(Targets(gaps=(f"{where}, which is only looked up",)))
                elif target.type != "aws_route53_record" or target is resource:
                    endpoints.append(Targets((target,)))
                elif id(target) not in seen:
                    seen.add(id(target))
                    onward = "alias.0.name" if target.blocks("alias") else "records"
                    waiting.append((target, onward))
        return merge(endpoints)

    def _records_named(self, value: Value) -> list[Resource]:
        texts = [value, *as_list(value)]
        names = {text.lower().rstrip(".") for text in texts if isinstance(text, str) and text}
        if not names:
            return []
        return [
            record
            for record in self.of_type("aws_route53_record")
            if record_name(self.references, record) in names
        ]

    def of_type(self, *types: str) -> list[Resource]:
        """The managed resource instances of the given types."""
        return self.tree.of_type(*types)
