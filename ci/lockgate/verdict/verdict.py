"""The verdict: the one thing that every report and every exit code is derived from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.strategies import BEGINNING
from lockgate_policies.model.strategy import StrategyDecision
from lockgate_policies.model.what_if import LossOutcome

EXIT_PASS = 0
EXIT_GATE = 1
EXIT_ENGINE = 3


@dataclass(frozen=True)
class Waived:
    """Who answers for a finding, why, and until when (days left: 0 on the last day)."""

    reason: str
    owner: str
    expires: date
    days_left: int


@dataclass(frozen=True)
class EnvironmentFinding:
    """What one rule said of one subject in one environment.

    ``address`` is a resource instance's address, or "" for the environment as a whole;
    ``location`` is ``file:line`` in the repository, or "" where the subject has none.
    """

    environment: str
    rule: str
    title: str
    verdict: Verdict
    address: str
    location: str
    message: str
    fix: str
    waived: Waived | None = None

    @property
    def blocks(self) -> bool:
        """Tell whether it keeps the gate shut: it fails or is unknown, and nobody waived it."""
        return self.verdict.blocks and self.waived is None


@dataclass(frozen=True)
class EnvironmentVerdict:
    """All that was found of one environment.

    ``problems`` are reasons why the findings are not the whole truth: an engine that failed, a
    policy that did not load, a check that did not report. ``losses`` says what the loss of each of
    its regions would do; what of it misses a target is among the findings too, by the rules.
    ``provider`` is the one that it was planned with, source and version; "" where it is not known.
    ``directory`` is that of its root module in the repository, "" where it is not known.
    ``strategy`` is what the environment is for, by its settings or its plan.
    """

    environment: str
    findings: tuple[EnvironmentFinding, ...] = ()
    problems: tuple[str, ...] = ()
    engine_error: str = ""
    losses: tuple[LossOutcome, ...] = ()
    provider: str = ""
    directory: str = ""
    strategy: StrategyDecision | None = None

    @property
    def blocking(self) -> tuple[EnvironmentFinding, ...]:
        """The findings that keep the gate shut."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def waived(self) -> tuple[EnvironmentFinding, ...]:
        """The findings that would block, had nobody waived them."""
        return tuple(finding for finding in self.findings if finding.waived is not None)

    @property
    def not_asked(self) -> dict[str, tuple[str, ...]]:
        """The rules that do not belong to its strategy, by the reason that they gave."""
        rules: dict[str, tuple[str, ...]] = {}
        for finding in self.findings:
            if finding.verdict is Verdict.NOT_APPLICABLE and finding.message.startswith(BEGINNING):
                rules[finding.message] = (*rules.get(finding.message, ()), finding.rule)
        return rules

    @property
    def asked(self) -> int:
        """How many rules were asked of it."""
        return len(self.rules) - sum(len(rules) for rules in self.not_asked.values())

    @property
    def passes(self) -> bool:
        """Tell whether the environment was judged completely and nothing blocks."""
        judged = bool(self.findings) and not self.problems and not self.engine_error
        return judged and not self.blocking

    @property
    def rules(self) -> dict[str, Verdict]:
        """The verdict of each rule: the worst of its findings that are not waived."""
        worst: dict[str, Verdict] = {}
        for finding in self.findings:
            if finding.waived is not None:
                worst.setdefault(finding.rule, Verdict.PASS)
                continue
            seen = worst.get(finding.rule, Verdict.NOT_APPLICABLE)
            worst[finding.rule] = max(seen, finding.verdict, key=_BADNESS.index)
        return worst

    def counts(self) -> Counter[Verdict]:
        """How many rules came to each verdict."""
        return Counter(self.rules.values())


_BADNESS = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL]


@dataclass(frozen=True)
class GateVerdict:
    """The verdict on all environments that were asked for.

    ``notes`` do not change it: waivers that are expired, malformed or unused.
    """

    environments: tuple[EnvironmentVerdict, ...]
    notes: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Tell whether every environment passes; an empty list does not."""
        return bool(self.environments) and all(
            environment.passes for environment in self.environments
        )

    @property
    def exit_code(self) -> int:
        """0 pass, 1 the gate says no, 3 an environment could not be planned at all."""
        if any(environment.engine_error for environment in self.environments):
            return EXIT_ENGINE
        return EXIT_PASS if self.passes else EXIT_GATE

    @property
    def sentence(self) -> str:
        """The verdict in one line."""
        names = ", ".join(environment.environment for environment in self.environments)
        if self.passes:
            rules = max(environment.asked for environment in self.environments)
            return f"PASS: {names} kept all {rules} rules"
        reasons = [reason for environment in self.environments for reason in _reasons(environment)]
        return f"FAIL: {'; '.join(reasons)}" if reasons else "FAIL: no environment was judged"


def _reasons(environment: EnvironmentVerdict) -> Iterable[str]:
    if environment.engine_error:
        yield f"{environment.environment} could not be planned"
    elif environment.problems:
        yield f"{environment.environment} was not judged completely"
    counts = environment.counts()
    parts = [
        f"{counts[verdict]} rule(s) {word}"
        for verdict, word in ((Verdict.FAIL, "broken"), (Verdict.UNKNOWN, "not decidable"))
        if counts[verdict]
    ]
    if parts:
        yield f"{environment.environment}: {' and '.join(parts)}"
