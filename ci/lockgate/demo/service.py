"""What the demonstration's repository holds, and what its pull request changes in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lockgate.base.errors import EngineError

ENVIRONMENTS = ("dev", "staging", "prod")
REGIONS = ("us-east-1", "us-west-2")
RECORDS = "modules/failover_dns/main.tf"

_SECONDARY = 'resource "aws_route53_record" "secondary" {'


def promote_in_order(root: Path) -> None:
    """Write the order of promotion into lockgate.yaml, as `lockgate new env` asks to."""
    stages = ", ".join(f"[{name}]" for name in ENVIRONMENTS)
    _change(root / "lockgate.yaml", "[[dev], [prod]]", f"[{stages}]", 1)


def fail_over_sooner(root: Path) -> None:
    """The change that is wanted: two failed probes instead of three, in every environment."""
    for name in ENVIRONMENTS:
        threshold = "health_check_failure_threshold = "
        _change(root / "envs" / name / "main.tf", f"{threshold}3", f"{threshold}2", 1)


def slip(root: Path) -> None:
    """The slip: the SECONDARY record is given the PRIMARY's alias, as copying it would."""
    _change(root / RECORDS, "var.secondary_load_balancer_", "var.primary_load_balancer_", 2, True)


def undo_slip(root: Path) -> None:
    """Put the slip right."""
    _change(root / RECORDS, "var.primary_load_balancer_", "var.secondary_load_balancer_", 2, True)


def _change(path: Path, before: str, after: str, times: int, in_secondary: bool = False) -> None:
    text = path.read_text("utf-8")
    head, mark, tail = text.partition(_SECONDARY) if in_secondary else ("", "", text)
    if tail.count(before) != times:
        raise EngineError(
            f"{path} is not what the demonstration changes: '{before}' must be there {times} "
            "time(s). This is a bug in Lockgate; report it."
        )
    path.write_text(head + mark + tail.replace(before, after), "utf-8")


def made(lines: Sequence[str]) -> int:
    """How many resources an apply has made, by what it said so far."""
    return sum(line.startswith("  created ") for line in lines)
