"""Which names still answer after a loss, through which record, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .accelerators import ACCELERATOR, still_answers
from .certainty import every
from .endpoint_health import EndpointHealth
from .failover_health import watch, watched_records
from .failover_records import FailoverRecord, FailoverSet
from .health_checks import PROBING_TYPES, HealthCheck
from .loss import LostResources
from .plan_tree import Resource
from .plan_values import UNKNOWN, as_text
from .private_zones import loses_all_its_clients
from .record_names import record_name
from .routed_records import POLICIES, RoutedSet, read_routed_sets
from .targets import Targets

if TYPE_CHECKING:
    from .architecture import Architecture

_ADDRESS_TYPES = ("A", "AAAA", "CNAME")
# A record that proves to them whose the domain is sends no client anywhere. Its type is only known
# once it is applied.
_PROOFS = ("aws_acm_certificate", "aws_ses_domain_dkim")
# Policies by which Route 53 leaves an unhealthy record out and answers with any other. By place, it
# only answers with a record for that place, and there need not be one for every place.
_ANY_OTHER = ("weighted", "latency", "multivalue", "geoproximity")


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
    routed_sets = read_routed_sets(architecture)
    for routed in routed_sets:
        outcome = _routed_name(architecture, routed, after)
        if outcome is not None:
            surviving_names.append(outcome)
    taken = {
        record.resource.address
        for records in (
            *(failover_set.records for failover_set in architecture.failover_sets),
            *(routed.records for routed in routed_sets),
        )
        for record in records
    }
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
    return _time_to_notice(primary, watched.checks, after)


def _time_to_notice(
    primary: FailoverRecord, checks: Sequence[HealthCheck], after: EndpointHealth
) -> tuple[int | None, str]:
    probing = [
        check for check in checks if check.kind in PROBING_TYPES and after.health(check) is not True
    ]
    if not probing or after.checks(primary) is True:
        return None, "no probing health check notices: AWS documents no time for target health"
    if UNKNOWN in [value for check in probing for value in (check.detection, primary.ttl)]:
        return None, "the interval, the threshold or the TTL is not known"
    slowest = max(probing, key=lambda check: int(check.detection))
    total = int(slowest.detection) + primary.ttl
    return total, f"{slowest.interval} s × {slowest.threshold} + TTL {primary.ttl} s = {total} s"


def _accelerated_name(
    architecture: Architecture,
    record: Resource,
    accelerators: Sequence[Resource],
    after: EndpointHealth,
) -> NameOutcome:
    of_record = record_name(architecture.references, record) or record.address
    name = f"{of_record} ({as_text(record.value('type'))})"
    addresses = ", ".join(accelerator.address for accelerator in accelerators)
    answers = every(
        [still_answers(architecture, accelerator, after) for accelerator in accelerators]
    )
    if answers is UNKNOWN:
        why = f"whether an endpoint of {addresses} remains cannot be told"
        return NameOutcome(name, None, record.address, addresses, None, "", why)
    if not answers:
        why = f"no endpoint of {addresses} remains"
        return NameOutcome(name, False, record.address, addresses, None, "", why)
    time = "its accelerator notices by itself: AWS documents no time"
    why = "the time it takes is not known"
    return NameOutcome(name, True, record.address, addresses, None, time, why)


def _routed_name(
    architecture: Architecture, routed: RoutedSet, after: EndpointHealth
) -> NameOutcome | None:
    """A name that several records answer at once; None where a loss takes none of its endpoints.

    Route 53 answers with those that it considers healthy. One that leads to what is lost and still
    counts as healthy goes on getting its share.
    """
    serving = {id(record): after.leads_somewhere(record) for record in routed.records}
    healthy = {id(record): after.record(record) for record in routed.records}
    gone = [record for record in routed.records if serving[id(record)] is False]
    unsure = [r for r in routed.records if UNKNOWN in (serving[id(r)], healthy[id(r)])]
    if not gone and not unsure:
        return None
    kept = [r for r in routed.records if serving[id(r)] is True and healthy[id(r)] is True]
    where = ", ".join(address for record in kept for address in record.leads_to.addresses)
    of = (gone or unsure)[0].address
    if unsure:
        why = f"whether {unsure[0].address} is healthy then cannot be told"
        why += _unproven(unsure[0].leads_to)
        return NameOutcome(routed.title, None, of, where, None, "", why)
    if sticking := [record for record in gone if healthy[id(record)] is True]:
        why = f"{sticking[0].address} counts as healthy, and leads to what is lost"
        return NameOutcome(routed.title, False, of, where, None, "", why)
    if not kept:
        why = "every record of it leads to what is lost"
        return NameOutcome(routed.title, False, of, where, None, "", why)
    if why := _not_modelled(routed):
        return NameOutcome(routed.title, None, of, where, None, "", why)
    times = [_time_to_notice(record, watch(architecture, record).checks, after) for record in gone]
    slowest = max(times, key=lambda time: float("inf") if time[0] is None else time[0])
    why = "" if slowest[0] is not None else "the time it takes is not known"
    return NameOutcome(routed.title, True, of, where, *slowest, why)


def _not_modelled(routed: RoutedSet) -> str:
    """Why it cannot be told what a set answers, whose other records are healthy; or ""."""
    by_place = [policy for policy in routed.policies if policy not in _ANY_OTHER]
    if by_place:
        policies = " and ".join(by_place)
        return f"which clients {policies} records leave without an answer is not modelled"
    weights = [
        record.resource.value("weighted_routing_policy.0.weight") for record in routed.records
    ]
    if any(weight == 0 or weight is UNKNOWN for weight in weights):
        return "what a record with a weight of 0 gets is not modelled"
    return ""


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
    accelerators = [endpoint for endpoint in endpoints if endpoint.type == ACCELERATOR]
    if accelerators:
        return _accelerated_name(architecture, record, accelerators, after)
    gone = [endpoint for endpoint in endpoints if after.answers(endpoint) is False]
    unsure = [endpoint for endpoint in endpoints if after.answers(endpoint) is UNKNOWN]
    if not endpoints or not (gone or unsure):
        return None
    of_record = record_name(architecture.references, record) or record.address
    name = f"{of_record} ({as_text(record.value('type'))})"
    judged = not all(id(endpoint) in behind_failover for endpoint in endpoints)
    addresses = ", ".join(affected_endpoint.address for affected_endpoint in gone or unsure)
    if unsure or any(record.sets(policy) for policy in POLICIES):
        why = "this routing policy is not modelled" if not unsure else "its endpoint is not known"
        return NameOutcome(name, None, record.address, addresses, None, "", why, judged)
    why = "it has no failover record" if judged else "it names one endpoint behind a failover name"
    return NameOutcome(name, False, record.address, addresses, None, "", why, judged)
