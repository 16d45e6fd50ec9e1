"""The verdict as a JSON document: its one definition, by which it is written, read and checked.

What is derived (``passes``, ``exit_code``, ``rules``, ``survived``, ``share``) is written for other
programs, and derived again where a document is read: no file can claim to pass with findings that
do not. docs/verdict.schema.json is made from these definitions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from lockgate.base import documents
from lockgate.base.documents import DocumentError
from lockgate.base.errors import UsageError
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict, Waived
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.model.strategy import EVERYTHING, Promises, Strategy, StrategyDecision
from lockgate_policies.model.surviving_capacity import CapacityOutcome
from lockgate_policies.model.surviving_data import DataOutcome
from lockgate_policies.model.surviving_names import NameOutcome
from lockgate_policies.model.what_if import Dependency, LossOutcome

FILE_NAME = "verdict.json"
VERSION: Literal[1] = 1


class FindingDocument(msgspec.Struct, frozen=True):
    """What one rule said of one subject; without an address it is the environment as a whole."""

    rule: str
    title: str
    verdict: Verdict
    address: str | None
    location: str | None
    message: str
    fix: str
    waived: Waived | None


class LostDocument(msgspec.Struct, frozen=True):
    """What is lost: a region, a zone or a resource, by its name."""

    kind: str
    name: str


class ShortfallDocument(msgspec.Struct, frozen=True):
    """A target that a loss misses, or (not certain) one of which it cannot be told."""

    address: str
    certain: bool
    message: str


class ObjectivesDocument(msgspec.Struct, frozen=True):
    """The environment's objectives, in seconds."""

    recovery_time_objective: int
    recovery_point_objective: int


class CapacityDocument(msgspec.Struct, frozen=True):
    """One measure of capacity, and the share of it that remains."""

    measure: str
    serving: int
    remaining: int | None
    target: float | None
    why: str
    share: float | None


class LossDocument(msgspec.Struct, frozen=True):
    """All that one loss would do."""

    lose: LostDocument
    survived: bool
    shortfalls: tuple[ShortfallDocument, ...]
    lost_resources: int
    targets: ObjectivesDocument
    names: tuple[NameOutcome, ...]
    capacity: tuple[CapacityDocument, ...]
    data: tuple[DataOutcome, ...]
    dependencies: tuple[Dependency, ...]
    unknown: tuple[str, ...]
    strategy: Strategy = Strategy.ACTIVE_PASSIVE
    promised: Promises = EVERYTHING


class NotAskedDocument(msgspec.Struct, frozen=True):
    """Rules that do not belong to a strategy, and why."""

    why: str
    rules: tuple[str, ...]


class StrategyDocument(msgspec.Struct, frozen=True):
    """What an environment is for: declared in the settings, or seen in its plan.

    ``counts`` is false for one that would have to be declared.
    """

    name: Strategy
    declared: bool
    counts: bool
    seen: tuple[str, ...]
    not_asked: tuple[NotAskedDocument, ...]


class EnvironmentDocument(msgspec.Struct, frozen=True):
    """All that was found of one environment; ``provider`` is what it was planned with.

    ``directory`` is its root module's in the repository.
    """

    environment: str
    passes: bool
    engine_error: str | None
    problems: tuple[str, ...]
    rules: dict[str, Verdict]
    findings: tuple[FindingDocument, ...]
    losses: tuple[LossDocument, ...]
    provider: str | None = None
    directory: str | None = None
    strategy: StrategyDocument | None = None


class VerdictDocument(msgspec.Struct, frozen=True):
    """The verdict on all environments that were asked for."""

    version: Literal[1]
    passes: bool
    exit_code: int
    verdict: str
    notes: tuple[str, ...]
    environments: tuple[EnvironmentDocument, ...]


class _Head(msgspec.Struct):
    version: Any = None
    static: Any = False


def as_json(verdict: GateVerdict) -> dict[str, Any]:
    """The verdict as a JSON object; its shape is described in docs/check.md."""
    document = VerdictDocument(
        VERSION,
        verdict.passes,
        verdict.exit_code,
        verdict.sentence,
        verdict.notes,
        tuple(_environment(environment) for environment in verdict.environments),
    )
    written: dict[str, Any] = documents.builtins(document)
    return written


def loss_as_json(loss: LossOutcome) -> dict[str, Any]:
    """One loss as a JSON object; its shape is described in docs/whatif.md."""
    written: dict[str, Any] = documents.builtins(_loss(loss))
    return written


def loss_from_json(document: object) -> LossOutcome:
    """The loss that ``loss_as_json`` wrote.

    Raises:
        DocumentError: it is none.
    """
    return _loss_of(documents.convert(document, LossDocument))


def read_verdict(path: Path) -> GateVerdict:
    """The verdict in a file.

    Raises:
        UsageError: there is none, with what is wrong.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}. `lockgate check --report DIR` writes it."
        ) from error
    try:
        document = documents.parse(text)
    except DocumentError as error:
        raise UsageError(f"{path} is {error}") from error
    return parse_verdict(document, str(path))


def parse_verdict(document: object, name: str) -> GateVerdict:
    """The verdict in a parsed JSON document; ``name`` is what messages call it.

    Raises:
        UsageError: it is none, with what is wrong.
    """
    head = documents.convert(document, _Head) if isinstance(document, dict) else _Head()
    if head.static:
        raise UsageError(f"{name} is of a static check, which judges no plan: it proves nothing")
    if head.version != VERSION:
        raise UsageError(
            f"{name} is not a verdict of version {VERSION}: write it with this version's "
            "`lockgate check --report DIR`"
        )
    try:
        read = documents.convert(document, VerdictDocument)
    except DocumentError as error:
        raise UsageError(f"{name} is no verdict as Lockgate writes it: {error}") from error
    return GateVerdict(
        tuple(_environment_of(environment) for environment in read.environments), read.notes
    )


def _environment(environment: EnvironmentVerdict) -> EnvironmentDocument:
    return EnvironmentDocument(
        environment=environment.environment,
        passes=environment.passes,
        engine_error=environment.engine_error or None,
        problems=environment.problems,
        rules=dict(sorted(environment.rules.items())),
        findings=tuple(_finding(finding) for finding in environment.findings),
        losses=tuple(_loss(loss) for loss in environment.losses),
        provider=environment.provider or None,
        directory=environment.directory or None,
        strategy=_strategy(environment),
    )


def _strategy(environment: EnvironmentVerdict) -> StrategyDocument | None:
    decision = environment.strategy
    if decision is None:
        return None
    not_asked = (NotAskedDocument(why, rules) for why, rules in environment.not_asked.items())
    return StrategyDocument(
        decision.strategy, decision.declared, decision.counts, decision.seen, tuple(not_asked)
    )


def _strategy_of(document: StrategyDocument | None) -> StrategyDecision | None:
    if document is None:
        return None
    return StrategyDecision(document.name, document.declared, document.seen)


def _environment_of(document: EnvironmentDocument) -> EnvironmentVerdict:
    name = document.environment
    return EnvironmentVerdict(
        environment=name,
        findings=tuple(_finding_of(name, finding) for finding in document.findings),
        problems=document.problems,
        engine_error=document.engine_error or "",
        losses=tuple(_loss_of(loss) for loss in document.losses),
        provider=document.provider or "",
        directory=document.directory or "",
        strategy=_strategy_of(document.strategy),
    )


def _finding(finding: EnvironmentFinding) -> FindingDocument:
    return FindingDocument(
        rule=finding.rule,
        title=finding.title,
        verdict=finding.verdict,
        address=finding.address or None,
        location=finding.location or None,
        message=finding.message,
        fix=finding.fix,
        waived=finding.waived,
    )


def _finding_of(environment: str, document: FindingDocument) -> EnvironmentFinding:
    return EnvironmentFinding(
        environment=environment,
        rule=document.rule,
        title=document.title,
        verdict=document.verdict,
        address=document.address or "",
        location=document.location or "",
        message=document.message,
        fix=document.fix,
        waived=document.waived,
    )


def _loss(loss: LossOutcome) -> LossDocument:
    return LossDocument(
        lose=LostDocument(loss.kind, loss.name),
        survived=loss.survived,
        shortfalls=tuple(
            ShortfallDocument(shortfall.subject, shortfall.certain, shortfall.message)
            for shortfall in loss.shortfalls
        ),
        lost_resources=loss.lost,
        targets=ObjectivesDocument(loss.recovery_time_objective, loss.recovery_point_objective),
        names=loss.names,
        capacity=tuple(
            CapacityDocument(**vars(capacity), share=capacity.share) for capacity in loss.capacity
        ),
        data=loss.data,
        dependencies=loss.dependencies,
        unknown=loss.gaps,
        strategy=Strategy(loss.strategy),
        promised=loss.promised,
    )


def _loss_of(document: LossDocument) -> LossOutcome:
    return LossOutcome(
        kind=document.lose.kind,
        name=document.lose.name,
        lost=document.lost_resources,
        names=document.names,
        capacity=tuple(
            CapacityOutcome(of.measure, of.serving, of.remaining, of.target, of.why)
            for of in document.capacity
        ),
        data=document.data,
        dependencies=document.dependencies,
        recovery_time_objective=document.targets.recovery_time_objective,
        recovery_point_objective=document.targets.recovery_point_objective,
        gaps=document.unknown,
        strategy=document.strategy.value,
        promised=document.promised,
    )
