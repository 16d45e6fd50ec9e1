"""LG_FAILOVER_16: what a health check asks of a load balancer is answered by its targets."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import LOAD_BALANCER_TYPES, Architecture
from ...model.connections import listening
from ...model.health_checks import HTTP_TYPES, PROBING_TYPES, HealthCheck
from ...model.listener_answers import Answer, Request, answers
from ...model.load_balancers import LoadBalancer
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN, Value
from ...model.record_names import record_name

# By what a listener of each protocol can be asked: TCP opens a connection and no more.
_SERVES = {
    "HTTP": ("HTTP", "TCP"),
    "HTTPS": ("HTTPS", "TCP"),
    "TCP": ("HTTP", "HTTPS", "TCP"),
    "TCP_UDP": ("HTTP", "HTTPS", "TCP"),
    "TLS": ("HTTPS", "TCP"),
    "UDP": (),
}
_OF_APPLICATIONS = ("HTTP", "HTTPS")
# The form of a load balancer's own name, which no rule for a host is written for.
_OWN_NAME = "name-0123456789.region.elb.amazonaws.com"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge each health check that probes a load balancer of this plan."""
    balancers = {id(balancer.resource): balancer for balancer in architecture.load_balancers}
    for check in architecture.health_checks:
        if check.kind not in PROBING_TYPES:
            continue
        for probed in check.probes.resources:
            if id(probed) in balancers:
                yield from _judge_probe(architecture, check, balancers[id(probed)])


def _judge_probe(
    architecture: Architecture, check: HealthCheck, balancer: LoadBalancer
) -> Iterator[Finding]:
    listeners = list(listening(balancer))
    ports = [port for _, port in listeners]
    asked = [listener for listener, port in listeners if port == check.port]
    if check.port is UNKNOWN or (not asked and (UNKNOWN in ports or balancer.listener_gaps)):
        gaps = "; ".join(balancer.listener_gaps) or "give the ports as constants"
        yield unknown(
            check.address, f"whether {balancer.address} listens on its port is not known: {gaps}"
        )
    elif not asked:
        shown = ", ".join(str(port) for port in ports) or "no port at all"
        yield failed(
            check.address,
            f"asks port {check.port} of {balancer.address}, which listens on {shown}: it is never "
            "healthy",
        )
    for listener in asked:
        if listener.type in LOAD_BALANCER_TYPES:
            yield passed(check.address, f"{listener.address} listens on port {check.port}")
        else:
            yield _judge_listener(architecture, check, listener)


def _judge_listener(architecture: Architecture, check: HealthCheck, listener: Resource) -> Finding:
    protocol = listener.value("protocol")
    kind = check.kind.split("_")[0]
    if isinstance(protocol, str) and kind not in _SERVES.get(protocol.upper(), (kind,)):
        return failed(
            check.address,
            f"asks by {kind}, and {listener.address} serves {protocol} on port {check.port}: it is "
            "never healthy",
        )
    if check.kind not in HTTP_TYPES or protocol not in _OF_APPLICATIONS:
        return passed(check.address, f"{listener.address} listens on port {check.port}")
    request = Request(_host(architecture, check), _path(architecture, check))
    possible = answers(architecture, listener, request)
    return _judge_answers(check, request, possible)


def _judge_answers(check: HealthCheck, request: Request, possible: list[Answer]) -> Finding:
    shown = "a path that is not known" if request.path is UNKNOWN else request.path
    own = [answer for answer in possible if answer.by_itself]
    if len(own) == len(possible):
        answer = own[0]
        never = isinstance(answer.status, str) and answer.status[:1] in ("4", "5")
        return failed(
            answer.owner.address,
            f"answers {check.address} for {shown} by itself ({answer.words}): the check "
            f"{'is never healthy' if never else 'stays healthy with no target left'}",
        )
    if own or any(answer.kind is UNKNOWN for answer in possible):
        owners = ", ".join(answer.owner.address for answer in possible)
        return unknown(
            check.address,
            f"which of {owners} answers for {shown}, and whether by a target, is not known",
        )
    return passed(check.address, f"{shown} is answered by a target")


def _host(architecture: Architecture, check: HealthCheck) -> Value:
    """The host that the check asks for: its fqdn, or UNKNOWN."""
    name = check.resource.value("fqdn")
    if isinstance(name, str) and name:
        return name
    for target in architecture.targets(check.resource, "fqdn").resources:
        if target.type in LOAD_BALANCER_TYPES:
            return _OWN_NAME
        if target.type == "aws_route53_record":
            return record_name(architecture.references, target) or UNKNOWN
    return UNKNOWN


def _path(architecture: Architecture, check: HealthCheck) -> Value:
    """The path that it asks for, without a query; / where it gives none."""
    path = check.resource.value("resource_path")
    if isinstance(path, str) and path:
        return f"/{path.lstrip('/').split('?')[0]}"
    given = path is UNKNOWN and architecture.gives(check.resource, "resource_path")
    return UNKNOWN if given else "/"


RULE = Rule(
    id="LG_FAILOVER_16",
    title="What a health check asks of a load balancer is answered by its targets",
    severity=Severity.CRITICAL,
    why=(
        "A fixed response, a redirect or a sign-in is answered by the load balancer itself. Route "
        "53 takes 2xx and 3xx for healthy, so the check stays healthy with no server left, and "
        "nothing fails over. A port on which nothing listens, or HTTPS asked of an HTTP listener, "
        "is never healthy."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
        "dns-failover-determining-health-of-endpoints.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html",
    ),
    fix="Ask for a path that a listener forwards, on its port and by its protocol.",
    remediation="""\
resource "aws_route53_health_check" "primary" {
  fqdn          = module.load_balancer_primary.load_balancer_dns_name
  type          = "HTTPS" # as the listener
  port          = 443     # on which it listens, and forwards
  resource_path = "/healthz"
}
""",
    looked_up="Of a load balancer that is only looked up nothing is said: see LG_LB_13.",
    subjects=(
        "aws_alb_listener",
        "aws_alb_listener_rule",
        "aws_lb_listener",
        "aws_lb_listener_rule",
        "aws_route53_health_check",
    ),
    judge=judge,
)
