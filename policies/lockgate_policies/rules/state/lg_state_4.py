"""LG_STATE_4: every provider has an upper version bound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.hcl_facts import NOT_READ
from ...model.plan_values import as_dict, as_list

# "< 7.0", "<= 6.9", "~> 6.0", "= 6.62.0" and a bare "6.62.0" bound a version from above.
_BOUNDED = re.compile(r"(^|,)\s*(<=?|~>|=|(?=\d))\s*\d")


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every provider that the root module requires."""
    if not architecture.facts.read:
        yield unknown("", NOT_READ)
        return
    for where, module in architecture.facts.root_modules():
        yield from _judge_root(where, module)


def _judge_root(where: str, module: dict[str, Any]) -> Iterator[Finding]:
    names = as_list(module.get("required_providers"))
    if not names:
        yield failed("", f"{where}the root module has no required_providers")
    for name in names:
        constraint = str(as_dict(module.get("provider_constraints")).get(name, ""))
        if _BOUNDED.search(constraint):
            yield passed("", f"{where}{name} {constraint}")
        else:
            given = f"'{constraint}'" if constraint else "no version"
            yield failed("", f"{where}provider {name} is required with {given}: no upper bound")


RULE = Rule(
    id="LG_STATE_4",
    title="Every provider has an upper version bound",
    severity=Severity.MEDIUM,
    why=(
        "A new major version of a provider renames and removes arguments; without a bound, "
        "the first `init` on a new machine takes it, perhaps in the middle of a recovery."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/providers/requirements#best-practices-for-provider-versions",
    ),
    fix="Give each provider of the root module a version constraint with an upper bound.",
    remediation="""\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
}
""",
    subjects=(),
    judge=judge,
    static=True,
)
