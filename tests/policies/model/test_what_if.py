"""Take a region, a zone or a resource out of recorded plans, and see what is left."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.base.errors import UsageError
from lockgate.verdict import losses, verdict_document
from lockgate_policies.model.architecture import Architecture
from lockgate_policies.model.certainty import at_least, every, some
from lockgate_policies.model.loss import Loss, LostResources
from lockgate_policies.model.plan_values import UNKNOWN, Value
from lockgate_policies.model.what_if import LossOutcome, outcome
from tests.policies.mutation.killing import architecture_of, blocked, load_subjects
from tests.policies.mutation.recording import Subject
from tests.policies.recorded_plans import KINDS, PLAN

SUBJECTS = load_subjects()
S = "module.service.module."


@lru_cache(maxsize=1)
def _prod() -> Architecture:
    return architecture_of(Subject())


def _mutant(name: str, kind: str = PLAN) -> Architecture:
    (found,) = [s for s in SUBJECTS if s.mutant and s.mutant.name == name and s.kind == kind]
    return architecture_of(found)


def _lose(kind: str, name: str, architecture: Architecture | None = None) -> LossOutcome:
    return outcome(architecture or _prod(), Loss(kind, name))


def test_without_the_primary_region_the_secondary_answers_in_the_promised_time() -> None:
    found = _lose("region", "us-east-1")
    (www,) = [name for name in found.names if name.judged]
    assert (www.answers, www.record) == (True, f"{S}failover_dns.aws_route53_record.secondary")
    assert www.endpoint == f"{S}load_balancer_secondary.aws_lb.this"
    assert (www.seconds, www.arithmetic) == (90, "10 s × 3 + TTL 60 s = 90 s")
    assert [each.share for each in found.capacity] == [1.0, 1.0]
    assert found.survived
    assert found.shortfalls == ()


def test_without_the_secondary_region_nobody_notices() -> None:
    found = _lose("region", "us-west-2")
    (www,) = [name for name in found.names if name.judged]
    assert (www.answers, www.seconds, www.arithmetic) == (True, 0, "nothing changes")
    assert found.survived


def test_the_database_keeps_a_copy_that_a_person_promotes() -> None:
    found = _lose("region", "us-east-1")
    (database,) = [each for each in found.data if each.judged]
    assert (database.kept, database.regions) == (True, ("us-west-2",))
    assert (database.recovery_point, database.promotion) == (1, 60)
    assert "aurora-global-database-disaster-recovery" in database.source
    assert [each for each in _lose("region", "us-west-2").data if each.judged] == []


def test_what_remains_and_refers_to_what_is_lost_is_listed_with_the_argument() -> None:
    found = {
        (dependency.address, dependency.argument)
        for dependency in _lose("region", "us-east-1").dependencies
    }
    assert (f"{S}failover_dns.aws_route53_record.primary", "alias") in found
    assert (f"{S}failover_dns.aws_route53_health_check.primary", "fqdn") in found


def test_without_a_zone_the_region_serves_on_with_fewer_machines() -> None:
    found = _lose("zone", "us-east-1a")
    (www,) = [name for name in found.names if name.judged]
    assert (www.answers, www.seconds) == (True, 0)
    assert [(each.serving, each.remaining, each.target) for each in found.capacity] == [
        (3, 2, None),
        (3, 2, None),
    ]
    assert found.survived
    nat = f'{S}network_primary.aws_route.nat["us-east-1a"]'
    assert nat in {dependency.address for dependency in found.dependencies}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (f"{S}app_primary", "its target group has no target left"),
        (f"{S}app_primary.aws_launch_template.this", "the group cannot launch"),
        (f"{S}load_balancer_primary.aws_lb.this", "it is what the record leads to"),
        (f"{S}network_primary.aws_vpc.this", "everything stands in it"),
        (f"{S}network_primary.aws_subnet.private", "the group has no subnet left"),
    ],
)
def test_without_a_part_of_the_primary_the_secondary_answers(address: str, why: str) -> None:
    (www,) = [name for name in _lose("resource", address).names if name.judged]
    assert www.record == f"{S}failover_dns.aws_route53_record.secondary", why


def test_one_lost_subnet_takes_neither_the_balancer_nor_the_group_along() -> None:
    lost = LostResources(
        _prod(), Loss("resource", f'{S}network_primary.aws_subnet.private["us-east-1a"]')
    )
    kinds = {resource.type for resource in lost.resources}
    assert "aws_subnet" in kinds
    assert "aws_autoscaling_group" not in kinds


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("mutant", "message"),
    [
        ("the PRIMARY's health check probes the secondary region", "no time for target health"),
        ("a second name leads to one server", "api.example.com (A) does not answer"),
        ("a second name leads to a load balancer of one region", "does not answer"),
        ("a second name is weighted, and has one server", "counts as healthy, and leads to what"),
        ("a database without a replica", "no copy of it remains"),
        ("a database is copied by a read replica, which may lack minutes", "newest 300 s"),
    ],
)
def test_a_fault_is_named(mutant: str, message: str, kind: str) -> None:
    found = _lose("region", "us-east-1", _mutant(mutant, kind))
    assert not found.survived
    assert any(message in shortfall.message for shortfall in found.shortfalls), found.shortfalls


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.slug)
def test_the_gate_blocks_whatever_is_not_survived(subject: Subject) -> None:
    """What-if never finds a fault that the rules let pass, and nothing in a correct plan."""
    found = losses.regional_losses(architecture_of(subject))
    if any(not each.survived for each in found):
        assert blocked(subject), [each.shortfalls for each in found]
    if subject.mutant is None:
        assert [each.shortfalls for each in found if not each.survived] == []


@pytest.mark.parametrize("subject", SUBJECTS[::12], ids=lambda subject: subject.slug)
def test_an_outcome_survives_being_written_as_json(subject: Subject) -> None:
    for regional_loss in losses.regional_losses(architecture_of(subject)):
        written = json.loads(json.dumps(verdict_document.loss_as_json(regional_loss)))
        assert verdict_document.loss_from_json(written) == regional_loss


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (Loss("region", "eu-west-1"), "'eu-west-1' is no region of prod. Known are: us-east-1, us"),
        (Loss("zone", "us-east-1x"), "'us-east-1x' is no zone of prod. Known are: us-east-1a"),
        (Loss("resource", "aws_lb.other"), "prod has no resource 'aws_lb.other'. Give the address"),
    ],
)
def test_what_is_not_there_cannot_be_lost(loss: Loss, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        losses.work_out(_prod(), [loss])
    assert message in str(raised.value)


values: st.SearchStrategy[list[Value]] = st.lists(st.sampled_from([True, False, UNKNOWN]))


@given(values, st.integers(0, 4))
def test_what_is_unknown_decides_nothing(found: list[Value], threshold: int) -> None:
    """Whatever the unknown turn out to be, an answer that is given stays right."""
    for guess in (True, False):
        certain = [guess if value is UNKNOWN else value for value in found]
        for ask, truth in (
            (every(found), all(certain)),
            (some(found), any(certain)),
            (at_least(threshold, found), sum(certain) >= threshold),
        ):
            assert ask is UNKNOWN or ask is truth
