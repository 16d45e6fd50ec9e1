"""What stands in Route 53 and Elastic Load Balancing, as the AWS API tells it.

Only what the drill models is read. Anything else is refused by name: a rehearsal of something that
was guessed would prove nothing.

Sources:
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lockgate.base.errors import UsageError

PROBING_TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
CALCULATED = "CALCULATED"
ANSWER_TYPES = ("A", "AAAA", "CNAME")
# The defaults of RequestInterval and FailureThreshold, in the source above.
_DEFAULT_INTERVAL = 30
_DEFAULT_THRESHOLD = 3
# The keys by which a record set names a routing policy that the drill does not model.
_OTHER_POLICIES = {
    "Weight": "weighted",
    "Region": "latency-based",
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "MultiValueAnswer": "multivalue answer",
    "CidrRoutingConfig": "IP-based",
}
_MODELLED = (
    "The drill models failover records (and simple ones) that lead to load balancers, and health "
    "checks of the types HTTP, HTTPS, HTTP_STR_MATCH, HTTPS_STR_MATCH, TCP and CALCULATED: "
    "docs/failover.md"
)


class Role(Enum):
    """The part that a record plays in failover routing."""

    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"


@dataclass(frozen=True)
class Record:
    """One resource record set with a failover or simple routing policy.

    ``name`` and ``alias`` are in lower case without the trailing dot. ``role`` is None for a
    simple record. ``ttl`` is in seconds; None for an alias, which has its target's. An alias leads
    to the DNS name in ``alias``, any other record to its ``values``.
    """

    name: str
    type: str
    role: Role | None
    ttl: int | None
    values: tuple[str, ...]
    alias: str | None
    evaluates_target_health: bool
    health_check: str | None
    identifier: str = ""

    @property
    def title(self) -> str:
        """What the record is called in messages."""
        role = f" {self.role.value}" if self.role else ""
        return f"{self.name} {self.type}{role}"


@dataclass(frozen=True)
class EndpointCheck:
    """A health check that sends requests to an endpoint.

    ``host`` is a domain name in lower case, or an IP address when the check has one (Route 53 then
    sends its requests there, and the name only in the Host header). ``interval`` is in seconds;
    ``threshold`` is the number of results in a row that change a checker's mind.
    """

    id: str
    type: str
    host: str
    port: int
    path: str
    interval: int
    threshold: int
    search: str | None = None
    inverted: bool = False
    disabled: bool = False

    @property
    def detection(self) -> int:
        """Seconds from a fault to an unhealthy status at most: interval times threshold."""
        return self.interval * self.threshold


@dataclass(frozen=True)
class CalculatedCheck:
    """A health check that counts how many of its children are healthy."""

    id: str
    children: tuple[str, ...]
    threshold: int
    inverted: bool = False
    disabled: bool = False


HealthCheck = EndpointCheck | CalculatedCheck


@dataclass(frozen=True)
class LoadBalancer:
    """A load balancer: its DNS name, the region it stands in, and the ports it listens on."""

    dns_name: str
    region: str
    ports: frozenset[int]


@dataclass(frozen=True)
class Zone:
    """A public hosted zone, its record sets as the API lists them, and its name servers."""

    id: str
    name: str
    record_sets: tuple[Mapping[str, Any], ...]
    name_servers: tuple[str, ...] = ()

    def failover_names(self) -> list[str]:
        """The names that have failover records, each once, sorted."""
        return sorted(
            {
                plain_name(record_set["Name"])
                for record_set in self.record_sets
                if "Failover" in record_set
            }
        )

    def sets_of(self, name: str) -> list[Mapping[str, Any]]:
        """The record sets of one name."""
        return [
            record_set for record_set in self.record_sets if plain_name(record_set["Name"]) == name
        ]


def plain_name(name: str) -> str:
    """A domain name in lower case, without the trailing dot."""
    # The API escapes what is not a letter, digit, hyphen or underscore, the asterisk too.
    return name.replace("\\052", "*").rstrip(".").lower()


def parse_record(answer: Mapping[str, Any]) -> Record:
    """A record set from one item of ListResourceRecordSets.

    Raises UsageError for a routing policy or a type that is not modelled.
    """
    name = plain_name(answer["Name"])
    kind = answer["Type"]
    title = f"{name} {kind}"
    for key, policy in _OTHER_POLICIES.items():
        # MultiValueAnswer may be there and false.
        if answer.get(key) is not None and answer[key] is not False:
            raise UsageError(f"{title}: {policy} routing is not modelled. {_MODELLED}")
    if "TrafficPolicyInstanceId" in answer:
        raise UsageError(f"{title}: traffic policies are not modelled. {_MODELLED}")
    if kind not in ANSWER_TYPES:
        raise UsageError(f"{title}: records of type {kind} are not modelled. {_MODELLED}")
    alias = answer.get("AliasTarget")
    values = tuple(record["Value"] for record in answer.get("ResourceRecords") or ())
    if alias is None and not values:
        raise UsageError(f"{title}: the record has neither an alias nor values")
    role = answer.get("Failover")
    return Record(
        name=name,
        type=kind,
        role=Role(role) if role else None,
        ttl=None if alias else int(answer["TTL"]),
        values=values,
        alias=plain_name(alias["DNSName"]) if alias else None,
        evaluates_target_health=bool(alias and alias["EvaluateTargetHealth"]),
        health_check=answer.get("HealthCheckId") or None,
        identifier=answer.get("SetIdentifier") or "",
    )


def parse_health_check(answer: Mapping[str, Any]) -> HealthCheck:
    """A health check from one item of ListHealthChecks, or GetHealthCheck.

    Raises UsageError for a type that is not modelled.
    """
    identifier = answer["Id"]
    config = answer["HealthCheckConfig"]
    kind = config["Type"]
    inverted = bool(config.get("Inverted"))
    disabled = bool(config.get("Disabled"))
    if kind == CALCULATED:
        children = tuple(config.get("ChildHealthChecks") or ())
        return CalculatedCheck(
            identifier, children, int(config["HealthThreshold"]), inverted, disabled
        )
    if kind not in PROBING_TYPES:
        raise UsageError(f"Health check {identifier}: the type {kind} is not modelled. {_MODELLED}")
    host = config.get("IPAddress") or plain_name(config.get("FullyQualifiedDomainName") or "")
    if not host:
        raise UsageError(f"Health check {identifier}: it has neither a domain name nor an address")
    return EndpointCheck(
        id=identifier,
        type=kind,
        host=host,
        port=int(config.get("Port") or (443 if kind.startswith("HTTPS") else 80)),
        path=config.get("ResourcePath") or "/",
        interval=int(config.get("RequestInterval") or _DEFAULT_INTERVAL),
        threshold=int(config.get("FailureThreshold") or _DEFAULT_THRESHOLD),
        search=config.get("SearchString") if kind.endswith("_STR_MATCH") else None,
        inverted=inverted,
        disabled=disabled,
    )


def parse_load_balancer(
    answer: Mapping[str, Any], region: str, listeners: Iterable[Mapping[str, Any]]
) -> LoadBalancer:
    """A load balancer from DescribeLoadBalancers and its DescribeListeners."""
    ports = frozenset(int(listener["Port"]) for listener in listeners if "Port" in listener)
    return LoadBalancer(plain_name(answer["DNSName"]), region, ports)


def checks_behind(wanted: Iterable[str], known: Mapping[str, HealthCheck]) -> list[HealthCheck]:
    """The health checks of these IDs, and the children of calculated ones, each once.

    Raises UsageError when one is not there: what it says is then unknown.
    """
    checks: dict[str, HealthCheck] = {}
    waiting = [(identifier, "a record") for identifier in wanted]
    while waiting:
        identifier, user = waiting.pop(0)
        if identifier in checks:
            continue
        check = known.get(identifier)
        if check is None:
            raise UsageError(f"Health check {identifier}, used by {user}, does not exist")
        checks[identifier] = check
        if isinstance(check, CalculatedCheck):
            waiting += [(child, f"health check {identifier}") for child in check.children]
    return list(checks.values())
