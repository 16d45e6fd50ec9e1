"""What a sealed plan holds, and why it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.applying.destroy_limits import Approval
from lockgate.base.errors import PolicyError
from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate.sealing.sealed_box import close_box
from lockgate.sealing.sealed_plan import (
    Manifest,
    SealedPlan,
    Surroundings,
    other_providers,
    refusals,
    seal,
    unseal,
)
from lockgate.verdict import verdict_document
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict, Waived
from lockgate_policies.catalogue.finding import Verdict

SECRET = "k" * 43
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = Surroundings("dev", "c" * 40, "t" * 40, "l" * 64, "Terraform v1.15.5", "p" * 64, "aws")
SETTINGS = PipelineSettings(maximum_destroyed=1, protected_types=("aws_s3_bucket",))
AWS = "registry.terraform.io/hashicorp/aws"


def _verdict(
    verdict: Verdict = Verdict.PASS, waived: Waived | None = None, environment: str = "dev"
) -> dict[str, Any]:
    finding = EnvironmentFinding(
        environment, "LG_X_1", "A title", verdict, "aws_lb.a", "", "", "", waived
    )
    return verdict_document.as_json(GateVerdict((EnvironmentVerdict(environment, (finding,)),)))


def _document(*destroyed: str) -> dict[str, Any]:
    return {
        "resource_changes": [
            {"address": each, "type": each.split(".")[0], "change": {"actions": ["delete"]}}
            for each in destroyed
        ]
    }


MANIFEST = Manifest(
    HERE, {AWS: "5.0.0"}, _verdict(), (Approval("by a", ("aws_s3_bucket.a",)),), True, NOW
)
PLAN = SealedPlan(MANIFEST, b"the plan", _document())
BUNDLE = seal(PLAN, SECRET)


def test_what_was_sealed_comes_out_and_is_applied_where_nothing_changed() -> None:
    assert unseal(BUNDLE, SECRET) == PLAN
    assert refusals(PLAN, HERE, SETTINGS, NOW + timedelta(hours=24)) == ()


@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_an_altered_bundle_is_refused(at: int, difference: int) -> None:
    altered = bytearray(BUNDLE)
    altered[at] ^= difference
    with pytest.raises(PolicyError):
        unseal(bytes(altered), SECRET)


@given(st.integers(0, len(BUNDLE) - 1))
def test_a_bundle_that_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(PolicyError):
        unseal(BUNDLE[:length], SECRET)


@pytest.mark.parametrize("content", [b"", b"no zip", BUNDLE])
def test_a_box_without_a_sealed_plan_in_it_is_refused(content: bytes) -> None:
    with pytest.raises(PolicyError, match=r"holds no manifest.*Plan again"):
        unseal(close_box(content, SECRET), SECRET)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("environment", "prod", "is of the environment 'prod', not of 'dev'. Give the bundle"),
        ("tree", "u" * 40, "was planned at commit cccccccccccc .*with other files. Check"),
        ("lock_file", "", r"another lock file \(none, here llllllllllll\). Commit"),
        ("engine", "OpenTofu v1.9", "planned with OpenTofu v1.9, and this is Terraform v1.15.5"),
        ("policies", "q" * 64, "judged by another policy set .* Plan again"),
        ("target", "embedded", "planned with --target embedded.* Give --target embedded"),
    ],
)
def test_a_plan_made_elsewhere_is_refused(field: str, value: str, said: str) -> None:
    there = replace(HERE, **{field: value})
    planned = replace(PLAN, manifest=replace(MANIFEST, surroundings=there))
    found = refusals(planned, HERE, SETTINGS, NOW)
    assert re.search(said, found[0])
    # The verdict names its environment too.
    assert len(found) == (2 if field == "environment" else 1)


def test_another_commit_with_the_same_files_is_no_other_plan() -> None:
    assert refusals(PLAN, replace(HERE, commit="d" * 40), SETTINGS, NOW) == ()


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(hours=24, seconds=1), "a plan lasts 24 hours .*Plan again"),
        (timedelta(minutes=-6), "is yet to come. Set the clocks"),
    ],
)
def test_a_plan_that_is_too_old_or_of_the_future_is_refused(later: timedelta, said: str) -> None:
    (found,) = refusals(PLAN, HERE, SETTINGS, NOW + later)
    assert re.search(said, found)


_WAIVED = Waived("a reason", "an-owner", date(2026, 2, 28), 5)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (_verdict(Verdict.FAIL), "verdict is not pass: FAIL.*lockgate check dev"),
        (_verdict(Verdict.UNKNOWN), "verdict is not pass"),
        ({**_verdict(), "environments": []}, "verdict is of nothing, not of dev"),
        (_verdict(environment="prod"), "verdict is of prod, not of dev"),
        ({"passes": True}, "holds no verdict"),
        (_verdict(Verdict.FAIL, _WAIVED), "LG_X_1 aws_lb.a expired on 2026-02-28.*an-owner"),
    ],
)
def test_what_was_not_judged_to_pass_is_refused(verdict: dict[str, Any], said: str) -> None:
    (found,) = refusals(
        replace(PLAN, manifest=replace(MANIFEST, verdict=verdict)), HERE, SETTINGS, NOW
    )
    assert re.search(said, found, re.DOTALL)


def test_what_is_destroyed_needs_an_approval_in_the_bundle() -> None:
    approved = replace(PLAN, document=_document("aws_s3_bucket.a"))
    assert refusals(approved, HERE, SETTINGS, NOW) == ()
    (found,) = refusals(replace(PLAN, document=_document("aws_s3_bucket.b")), HERE, SETTINGS, NOW)
    assert "nobody approved: aws_s3_bucket.b" in found
    assert "--approve 'aws_s3_bucket.b'" in found


_OTHER: list[tuple[Callable[[], dict[str, str]], str]] = [
    (lambda: {AWS: "5.0.1"}, f"with {AWS} 5.0.0, here it is 5.0.1"),
    (dict, "here it is (absent)"),
]


@pytest.mark.parametrize(("here", "said"), _OTHER)
def test_other_versions_of_providers_are_refused(
    here: Callable[[], dict[str, str]], said: str
) -> None:
    (found,) = other_providers(MANIFEST, here())
    assert said in found
    assert other_providers(MANIFEST, {AWS: "5.0.0"}) == ()
