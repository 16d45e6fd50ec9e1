"""Which names still answer after a loss, through which record, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .endpoint_health import EndpointHealth
from .failover_health import watched_records
from .failover_records import FailoverRecord, FailoverSet
from .health_checks import PROBING_TYPES
from .loss import LostResources
from .plan_tree import Resource
from .plan_values import UNKNOWN, as_text
from .private_zones import loses_all_its_clients
from .record_names import record_name
from .targets import Targets

if TYPE_CHECKING:
    from .architecture import Architecture

_ADDRESS_TYPES = ("A", "AAAA", "CNAME")
# A record that proves to them whose the domain is sends no client anywhere. Its type is only known
# once it is applied.
_PROOFS = ("aws_acm_certificate", "aws_ses_domain_dkim")
_ROUTING = (
    "weighted_routing_policy",
    "latency_routing_policy",
    "geolocation_routing_policy",
    "geoproximity_routing_policy",
    "cidr_routing_policy",
    "multivalue_answer_routing_policy",
)


@dataclass(frozen=True)
class NameOutcome:
    """What becomes of one name.

    ``answers`` is True, False, or None where it cannot be told; ``seconds`` is the recovery time
    (0: nothing changes for its users; None: it does not recover, or no time is documented).
    ``judged`` is False for a name whose endpoints also stand behind a failover name, and for one
    that nobody is left to ask for: its private zone's networks are lost with what it leads to.
    """

    name: str
    answers: bool | None
    record: str
    endpoint: str
    seconds: int | None
    arithmetic: str
    why: str
    judged: bool = True


def surviving_names(architecture: Architecture, lost: LostResources) -> list[NameOutcome]:
    """Every name that leads to an endpoint, and what becomes of it."""
    after = EndpointHealth(architecture, lost)
    surviving_names = [
        _unasked(failover_set.title, failover_set.records[0].resource)
        if all(
            loses_all_its_clients(architecture, record.resource, lost)
            for record in failover_set.records
        )
        else _failover_name(architecture, failover_set, after)
        for failover_set in architecture.failover_sets
    ]
    behind_failover = {
        id(endpoint)
        for failover in architecture.failover_sets
        for record in failover.records
        for endpoint in record.leads_to.resources
    }
    taken = {record.resource.address for s in architecture.failover_sets for record in s.records}
    for resource in architecture.of_type("aws_route53_record"):
        if resource.address not in taken and resource.value("type") in _ADDRESS_TYPES:
            outcome = _plain_name(architecture, resource, after, behind_failover)
            if outcome is None:
                continue
            if loses_all_its_clients(architecture, resource, lost):
                outcome = _unasked(outcome.name, resource)
            surviving_names.append(outcome)
    return surviving_names


def _unasked(name: str, record: Resource) -> NameOutcome:
    why = "nobody is left to ask: only networks that are lost resolve it"
    return NameOutcome(name, False, record.address, "", None, "", why, judged=False)


def _failover_name(
    architecture: Architecture, failover: FailoverSet, after: EndpointHealth
) -> NameOutcome:
    primary, secondary = (failover.with_role(role) for role in ("PRIMARY", "SECONDARY"))
    strange = [record for record in failover.records if record.role is UNKNOWN]
    if strange or len(primary) != 1 or len(secondary) > 1:
        why = "it is not known which of its records is the PRIMARY: see LG_FAILOVER_1"
        return NameOutcome(failover.title, None, "", "", None, "", why)
    first = primary[0]
    healthy = after.record(first)
    if healthy is UNKNOWN:
        why = f"whether {first.address} is considered healthy cannot be told from the plan"
        why += _unproven(first.leads_to)
        return NameOutcome(failover.title, None, first.address, "", None, "", why)
    chosen = first
    if not healthy and secondary:
        standby = after.record(secondary[0])
        if standby is UNKNOWN:
            why = f"whether {secondary[0].address} is considered healthy cannot be told"
            why += _unproven(secondary[0].leads_to)
            return NameOutcome(failover.title, None, secondary[0].address, "", None, "", why)
        # "If all are unhealthy, Route 53 considers all healthy": it answers with the PRIMARY.
        chosen = secondary[0] if standby else first
    serves = after.leads_somewhere(chosen)
    endpoint = ", ".join(chosen.leads_to.addresses)
    if serves is UNKNOWN:
        why = f"what {chosen.address} leads to is not known to remain{_unproven(chosen.leads_to)}"
        return NameOutcome(failover.title, None, chosen.address, endpoint, None, "", why)
    if not serves:
        why = _why_not(first, chosen, secondary)
        return NameOutcome(failover.title, False, chosen.address, endpoint, None, "", why)
    if chosen is first:
        return NameOutcome(failover.title, True, chosen.address, endpoint, 0, "nothing changes", "")
    seconds, arithmetic = _recovery_time(architecture, first, after)
    why = "" if seconds is not None else "the time it takes is not known"
    return NameOutcome(failover.title, True, chosen.address, endpoint, seconds, arithmetic, why)


def _unproven(targets: Targets) -> str:
    if targets.looked_up:
        return f": {', '.join(targets.looked_up)} is only looked up"
    return f": {targets.why}" if targets.gaps else ""


def _why_not(
    primary: FailoverRecord, chosen: FailoverRecord, secondary: list[FailoverRecord]
) -> str:
    if chosen is not primary:
        return f"{primary.address} counts as unhealthy, and {chosen.address} leads to what is lost"
    if not secondary:
        return "there is no SECONDARY record to answer instead"
    return f"{primary.address} is answered, and leads to what is lost"


def _recovery_time(
    architecture: Architecture, primary: FailoverRecord, after: EndpointHealth
) -> tuple[int | None, str]:
    """Detection (interval × threshold) and the time resolvers keep the old answer.

    Only what notices the loss counts: a check that probes the other region detects nothing.
    """
    watched = next(
        watched_record
        for watched_record in watched_records(architecture)
        if watched_record.record.resource is primary.resource
    )
    probing = [
        check
        for check in watched.checks
        if check.kind in PROBING_TYPES and after.health(check) is not True
    ]
    if not probing or after.checks(primary) is True:
        return None, "no probing health check notices: AWS documents no time for target health"
    if UNKNOWN in [value for check in probing for value in (check.detection, primary.ttl)]:
        return None, "the interval, the threshold or the TTL is not known"
    slowest = max(probing, key=lambda check: int(check.detection))
    total = int(slowest.detection) + primary.ttl
    return total, f"{slowest.interval} s × {slowest.threshold} + TTL {primary.ttl} s = {total} s"


def _plain_name(
    architecture: Architecture,
    record: Resource,
    after: EndpointHealth,
    behind_failover: set[int],
) -> NameOutcome | None:
    """A record without failover that leads to endpoints of this plan; None for any other."""
    path = "alias.0.name" if record.blocks("alias") else "records"
    endpoints = [
        resource
        for resource in architecture.endpoints(record, path).resources
        if resource.mode == "managed" and resource is not record and resource.type not in _PROOFS
    ]
    gone = [endpoint for endpoint in endpoints if after.answers(endpoint) is False]
    unsure = [endpoint for endpoint in endpoints if after.answers(endpoint) is UNKNOWN]
    if not endpoints or not (gone or unsure):
        return None
    of_record = record_name(architecture.references, record) or record.address
    name = f"{of_record} ({as_text(record.value('type'))})"
    judged = not all(id(endpoint) in behind_failover for endpoint in endpoints)
    addresses = ", ".join(affected_endpoint.address for affected_endpoint in gone or unsure)
    if unsure or any(record.blocks(policy) or record.sets(policy) for policy in _ROUTING):
        why = "this routing policy is not modelled" if not unsure else "its endpoint is not known"
        return NameOutcome(name, None, record.address, addresses, None, "", why, judged)
    why = "it has no failover record" if judged else "it names one endpoint behind a failover name"
    return NameOutcome(name, False, record.address, addresses, None, "", why, judged)
