"""The drill's engine, on models that are made up here: no AWS is needed."""

from __future__ import annotations

import itertools
import re
import socket
import time
from dataclasses import replace

import pytest
from dnslib import RCODE, DNSRecord

from lockgate.base.errors import UsageError
from lockgate.drill.answers import RecordSet
from lockgate.drill.records import (
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
    LoadBalancer,
    Record,
    Role,
)
from lockgate.drill.rehearsal import rehearse
from lockgate.drill.servers import Mode
from lockgate.drill.zone_model import ZoneModel, zone_model

_EAST, _WEST = "east.elb.example", "west.elb.example"
_BALANCERS = [
    LoadBalancer(_EAST, "us-east-1", frozenset({80})),
    LoadBalancer(_WEST, "us-west-2", frozenset({80})),
]


def _model(probed: str = _EAST, checked: bool = True, inverted: bool = False) -> ZoneModel:
    def record(role: Role, leads_to: str, check: str | None) -> Record:
        return Record("app.example.com", "A", role, None, (), leads_to, True, check, role.value)

    pair = (
        record(Role.PRIMARY, _EAST, "one" if checked else None),
        record(Role.SECONDARY, _WEST, None),
    )
    check = EndpointCheck("one", "HTTP", probed, 80, "/", 10, 3, inverted=inverted)
    return zone_model(RecordSet("app.example.com", "A", pair), {"one": check}, _BALANCERS)


@pytest.mark.parametrize("fault", [mode for mode in Mode if mode is not Mode.UP])
def test_each_fault_is_recovered_from_within_the_computed_time_and_an_interval(
    fault: Mode,
) -> None:
    # Other tests run beside this one, and a machine that is late for once proves nothing.
    found = next(
        (made for scale in (25, 15, 10) if (made := rehearse(_model(), fault, scale)).passes), None
    )
    assert found is not None
    assert found.recovery_time == 90
    assert found.took is not None
    # The last client's answer was fresh when the answers changed: it waits for nearly all of it.
    assert 75 < found.took <= 100
    assert found.detected is not None
    assert found.fault < found.detected
    assert (found.before, found.after) == ("us-east-1", "us-west-2")
    assert 0 < found.lost < found.requests


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (_model(checked=False), "no health check"),
        (_model(probed=_WEST), "not served again"),
        (_model(inverted=True), "before the fault"),
    ],
)
def test_what_would_not_save_the_name_does_not_pass(model: ZoneModel, said: str) -> None:
    found = rehearse(model, Mode.REFUSED, time_scale=50)

    assert not found.passes
    assert said in " ".join(found.problems)


def _with_check(*checks: HealthCheck) -> ZoneModel:
    """A pair whose primary has the first of these checks."""
    model = _model()
    primary = replace(model.primary, health_check=checks[0].id)
    records = replace(model.records, records=(primary, model.secondary))
    return zone_model(records, {check.id: check for check in checks}, _BALANCERS)


_SEES_EAST = EndpointCheck("east", "HTTP", _EAST, 80, "/", 10, 3)
_SEES_WEST = EndpointCheck("west", "HTTP", _WEST, 80, "/", 10, 3)


def test_a_calculated_check_that_needs_both_regions_moves_the_name() -> None:
    model = _with_check(CalculatedCheck("sum", ("east", "west"), 2), _SEES_EAST, _SEES_WEST)
    found = next(
        (each for scale in (25, 15, 10) if (each := rehearse(model, Mode.ERROR, scale)).passes),
        None,
    )
    assert found is not None
    assert (found.recovery_time, found.after) == (90, "us-west-2")


@pytest.mark.parametrize(
    "model",
    [
        # One of its two children stays healthy, and one is enough.
        _with_check(CalculatedCheck("sum", ("east", "west"), 1), _SEES_EAST, _SEES_WEST),
        _with_check(replace(_SEES_EAST, disabled=True)),
        _with_check(CalculatedCheck("sum", ("east",), 1, disabled=True), _SEES_EAST),
    ],
    ids=["calculated, one of two", "disabled", "calculated and disabled"],
)
def test_a_check_that_stays_healthy_moves_nobody(model: ZoneModel) -> None:
    found = rehearse(model, Mode.REFUSED, time_scale=50)

    assert (found.detected, found.switched, found.recovered) == (None, None, None)
    assert "not served again" in " ".join(found.problems)


def test_a_wall_clock_that_jumps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = itertools.cycle([0.0, 3600.0, -3600.0, 86400.0])
    real, asked = time.time, []

    def jumping() -> float:
        asked.append(next(jumps))
        return real() + asked[-1]

    monkeypatch.setattr(time, "time", jumping)
    found = next(
        (each for scale in (25, 15, 10) if (each := rehearse(_model(), Mode.ERROR, scale)).passes),
        None,
    )
    assert found is not None
    assert found.took is not None
    assert 75 < found.took <= 100
    assert max(asked) == 86400.0, "the servers put the wall clock into their answers"


def test_only_the_name_and_its_type_are_answered() -> None:
    class Asked(Exception):
        """The drill need not go on."""

    answers: list[tuple[str, list[str]]] = []

    def say(line: str) -> None:
        found = re.search(r"dig -p (\d+) @127\.0\.0\.1 (\S+) (\S+)$", line)
        assert found, line
        for name, kind in ((found[2], found[3]), (found[2].upper(), "AAAA"), ("b.c", found[3])):
            raw = DNSRecord.question(name, kind).send("127.0.0.1", int(found[1]), timeout=10)
            reply = DNSRecord.parse(raw)
            answers.append((RCODE[reply.header.rcode], [str(each.rdata) for each in reply.rr]))
        raise Asked

    with pytest.raises(Asked):
        rehearse(_model(), Mode.REFUSED, 1, say)  # in real time no checker is late
    # east.elb.example is the first of the two load balancers.
    assert answers == [("NOERROR", ["192.0.2.1"]), ("NOERROR", []), ("NXDOMAIN", [])]


def test_an_occupied_port_is_named() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} .*--dns-port"):
            rehearse(_model(), Mode.REFUSED, 50, dns_port=port)


def test_a_check_that_probes_somewhere_else_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"probes other\.example, which is no load balancer"):
        _model(probed="other.example")
