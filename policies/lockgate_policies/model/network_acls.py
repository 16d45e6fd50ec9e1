"""Network ACLs: the numbered rules of a subnet, of which the first that matches decides.

They keep no state: answers need a rule of their own, to the ports that the asking side chose. What
no rule matches is denied. A subnet that no other is associated with has its VPC's default one,
which allows everything unless it is managed.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .address_ranges import AddressRange, address_range, lies_within, overlap, share, without
from .arguments import flag
from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_text
from .plan_view import PlanView
from .targets import Targets

ACL_TYPES = ("aws_network_acl", "aws_default_network_acl")
RULE_TYPE = "aws_network_acl_rule"
_ALL_PROTOCOLS = ("-1", "all")
_TCP = ("tcp", "6")
_LAST_PORT = 65535
# A few addresses that are kept out are somebody's decision; an eighth of them is a part of the way.
_TOLERATED = Fraction(1, 8)


@dataclass(frozen=True)
class Packets:
    """TCP packets of IPv4: the addresses on the far side, and the ports that they go to."""

    addresses: AddressRange
    first: int
    last: int

    def common(self, addresses: AddressRange, first: int, last: int) -> Packets | None:
        """Those of them that have one of some addresses and go to one of some ports."""
        first, last = max(self.first, first), min(self.last, last)
        if first > last or not overlap(self.addresses, addresses):
            return None
        inside = lies_within(self.addresses, addresses)
        return Packets(self.addresses if inside else addresses, first, last)

    def less(self, taken: Packets) -> Iterator[Packets]:
        """The others, without those that are taken, which are some of them."""
        for rest in without([self.addresses], taken.addresses):
            yield Packets(rest, self.first, self.last)
        if self.first < taken.first:
            yield Packets(taken.addresses, self.first, taken.first - 1)
        if taken.last < self.last:
            yield Packets(taken.addresses, taken.last + 1, self.last)

    @property
    def ports(self) -> str:
        """The ports in words."""
        return (
            f"port {self.first}" if self.first == self.last else f"ports {self.first}-{self.last}"
        )


@dataclass(frozen=True)
class AclEntry:
    """One numbered rule, in one direction. ``owner`` is the resource it is written in."""

    owner: Resource
    number: Value
    allows: Value
    protocol: Value
    first: Value
    last: Value
    cidr: Value

    def match(self, packets: Packets) -> tuple[Packets, bool] | None:
        """The packets that it decides on, and whether that is certain; None if there are none."""
        protocol = self.protocol.lower() if isinstance(self.protocol, str) else self.protocol
        if protocol is not UNKNOWN and protocol not in (*_ALL_PROTOCOLS, *_TCP):
            return None
        if self.cidr is None or self.cidr == "":
            return None  # for IPv6
        known = UNKNOWN not in (protocol, self.number, self.allows)
        first, last = 0, _LAST_PORT
        if protocol in _TCP:
            if isinstance(self.first, int | float) and isinstance(self.last, int | float):
                first, last = int(self.first), int(self.last)
            else:
                known = False
        addresses = address_range(self.cidr)
        if addresses is None:
            known, addresses = False, packets.addresses
        common = packets.common(addresses, first, last)
        return None if common is None else (common, known)


@dataclass(frozen=True)
class Refusal:
    """Packets that a network ACL denies: ``owner`` is what the denying rule is written in.

    ``number`` is that rule's, or None where no rule matches.
    """

    packets: Packets
    owner: Resource
    number: Value

    @property
    def words(self) -> str:
        """Which rule denies, in words."""
        return "no rule allows it" if self.number is None else f"rule {self.number:g} denies it"


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL with its rules by direction."""

    resource: Resource
    ingress: tuple[AclEntry, ...]
    egress: tuple[AclEntry, ...]
    gaps: tuple[str, ...]

    def refusal(self, packets: Packets, outbound: bool) -> Refusal | Value | None:
        """What denies a part of some packets that counts; None if nothing; or UNKNOWN."""
        entries = self.egress if outbound else self.ingress
        certain = self._refusal(entries, packets, lenient=True)
        if certain is not None and not self.gaps:
            return certain
        possible = self._refusal(entries, packets, lenient=False)
        return UNKNOWN if possible is not None or self.gaps else None

    def _refusal(
        self, entries: Iterable[AclEntry], packets: Packets, lenient: bool
    ) -> Refusal | None:
        """The same, where what is not known allows (``lenient``) or denies."""
        refusals: list[Refusal] = []
        left = [packets]
        for entry in sorted(entries, key=_order):
            rest: list[Packets] = []
            for part in left:
                match = entry.match(part)
                if match is None:
                    rest.append(part)
                    continue
                common, known = match
                if (entry.allows if known else lenient) is False:
                    refusals.append(Refusal(common, entry.owner, entry.number))
                rest += part.less(common)
            left = rest
        refusals += [Refusal(part, self.resource, None) for part in left]
        return _that_counts(refusals, packets.addresses)


def _order(entry: AclEntry) -> float:
    return float(entry.number) if isinstance(entry.number, int | float) else -1.0


def _that_counts(refusals: list[Refusal], addresses: AddressRange) -> Refusal | None:
    """The first refusal on a port on which too many of the addresses are denied."""
    for port in sorted({refusal.packets.first for refusal in refusals}):
        here = [r for r in refusals if r.packets.first <= port <= r.packets.last]
        if share((r.packets.addresses for r in here), addresses) >= _TOLERATED:
            return here[0]
    return None


class NetworkAcls:
    """The network ACLs of a plan, and which subnet has which."""

    def __init__(self, plan: PlanView) -> None:
        self._plan = plan
        self._rules = [
            (rule, plan.targets(rule, "network_acl_id", *ACL_TYPES, "aws_vpc"))
            for rule in plan.of_type(RULE_TYPE)
        ]
        self._acls = [self._read(resource) for resource in plan.of_type(*ACL_TYPES)]
        self._named = [
            (acl, plan.candidates(acl.resource, "subnet_ids", "aws_subnet"))
            for acl in self._acls
            if not acl.resource.known_empty("subnet_ids") and plan.gives(acl.resource, "subnet_ids")
        ]
        self._associations = [
            (
                plan.candidates(entry, "subnet_id", "aws_subnet"),
                plan.targets(entry, "network_acl_id", *ACL_TYPES),
            )
            for entry in plan.of_type("aws_network_acl_association")
        ]

    def of(self, subnet: Resource, vpc: Targets) -> tuple[list[NetworkAcl], tuple[str, ...]]:
        """The network ACL of a subnet (none if it allows everything), and what is not known."""
        gaps: list[str] = []
        acls = [acl for acl, subnets in self._named if subnet in subnets.settled.resources]
        for subnets, named in self._associations:
            if subnet in subnets.settled.resources:
                acls += [acl for acl in self._acls if acl.resource in named.resources]
                gaps += named.gaps
                gaps += [f"{address} is only looked up" for address in named.looked_up]
        if acls or gaps:
            return acls, tuple(gaps)
        for subnets in [s for _, s in self._named] + [s for s, _ in self._associations]:
            if not subnets.either or subnet in subnets.resources:
                gaps += subnets.settled.gaps
        return self._default(vpc), tuple(dict.fromkeys(gaps))

    def _default(self, vpc: Targets) -> list[NetworkAcl]:
        for acl in self._acls:
            if acl.resource.type == "aws_default_network_acl":
                whose = self._plan.targets(acl.resource, "default_network_acl_id", "aws_vpc")
                if any(one in vpc.resources for one in whose.resources):
                    return [acl]
        added = [self._of_vpc(one) for one in vpc.resources]
        return [acl for acl in added if acl is not None]

    def _of_vpc(self, vpc: Resource) -> NetworkAcl | None:
        """The default one that AWS made, with rules that the plan adds: its own has number 100."""
        rules = [rule for rule, of in self._rules if vpc in of.resources]
        if not rules:
            return None
        everything = AclEntry(vpc, 100, True, "-1", 0, 0, "0.0.0.0/0")
        entries = [(flag(self._plan, rule, "egress"), _separate(rule)) for rule in rules]
        return NetworkAcl(
            vpc,
            (everything, *(entry for out, entry in entries if out is False)),
            (everything, *(entry for out, entry in entries if out is True)),
            (),
        )

    def _read(self, resource: Resource) -> NetworkAcl:
        plan = self._plan
        by_direction: dict[str, list[AclEntry]] = {"ingress": [], "egress": []}
        gaps: list[str] = []
        for direction, entries in by_direction.items():
            if resource.value(direction) is UNKNOWN and plan.gives(resource, direction):
                gaps.append(f"{resource.address}: its {direction} rules are not known until apply")
            entries += [_inline(resource, block) for block in resource.blocks(direction)]
        whose = Targets()
        if resource.type == "aws_default_network_acl":
            whose = plan.targets(resource, "default_network_acl_id", "aws_vpc")
        for rule, of in self._rules:
            if resource in of.resources or any(vpc in of.resources for vpc in whose.resources):
                out = flag(plan, rule, "egress")
                for direction, outbound in (("ingress", True), ("egress", False)):
                    if out is not outbound:
                        by_direction[direction].append(_separate(rule))
            elif of.gaps and not of.resources:
                gaps += of.gaps
        return NetworkAcl(
            resource,
            tuple(by_direction["ingress"]),
            tuple(by_direction["egress"]),
            tuple(dict.fromkeys(gaps)),
        )


def _inline(owner: Resource, block: dict[str, Value]) -> AclEntry:
    return AclEntry(
        owner,
        block.get("rule_no"),
        _allows(block.get("action")),
        block.get("protocol"),
        block.get("from_port"),
        block.get("to_port"),
        block.get("cidr_block"),
    )


def _separate(rule: Resource) -> AclEntry:
    return AclEntry(
        rule,
        rule.value("rule_number"),
        _allows(rule.value("rule_action")),
        rule.value("protocol"),
        rule.value("from_port"),
        rule.value("to_port"),
        rule.value("cidr_block"),
    )


def _allows(action: Value) -> Value:
    text = as_text(action)
    return UNKNOWN if text is None else text.lower() == "allow"
