"""One apply, of a plan that is made now or one that was reviewed: what is applied, and what not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lockgate.applying.apply_record import ApplyRecord
from lockgate.applying.apply_record_store import open_record_store
from lockgate.applying.environment_apply import Applied, apply
from lockgate.base.errors import EngineError, PolicyError
from lockgate.engine.engine import Engine
from lockgate.repository.environments import Environment
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target import Workspace
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict as FindingVerdict
from tests.environments import MakeEnvironment

_FINDING = EnvironmentFinding("dev", "LG_A_1", "", FindingVerdict.PASS, "a.b", "", "", "")
_PASSES = EnvironmentVerdict("dev", (_FINDING,))
_REFUSED = EnvironmentVerdict("dev", problems=("no",))
_CUT_OFF = ApplyRecord("ann@host", "2026-11-25T08:00:00+00:00", {"a.b": "id-1"})
_STALE = EngineError("Error: Saved plan is stale")


def _plan(*actions: str) -> dict[str, Any]:
    change: dict[str, Any] = {"actions": list(actions), "before": None, "after": {}}
    return {"resource_changes": [{"address": "a.b", "change": change}]}


@dataclass(frozen=True)
class _Engine(Engine):
    """An engine that plans one document, and writes down which plan files it applies."""

    executable: tuple[str, ...] = ("terraform",)
    embedded: bool = False
    document: Mapping[str, Any] = field(default_factory=lambda: _plan("create"))
    applied: list[str] = field(default_factory=list)
    refuses: str = ""
    """The name of a plan file that is refused as stale."""

    def init(self, *_: Any, **__: Any) -> None:
        pass

    def plan(self, directory: Path, environment: Any, out: Path, *_: Any, **more: Any) -> bool:
        out.write_text("planned now")
        refreshes = "-refresh-only" in more.get("extra", ())
        return not refreshes and self.document["resource_changes"] != []

    def show_json(self, directory: Path, environment: Any, plan: Path, out: Path) -> None:
        out.write_text(json.dumps(self.document))

    def apply(self, directory: Path, environment: Any, plan: Path, on_line: Any = None) -> None:
        if plan.name == self.refuses:
            raise _STALE
        self.applied.append(plan.read_text())

    def pull_state(self, *_: Any) -> str:
        return ""

    def outputs(self, *_: Any) -> dict[str, Any]:
        return {"name": "dev"}


@dataclass(frozen=True)
class _Target(EmbeddedTarget):
    """The embedded AWS, without a provider to plan with."""

    keep_state: bool = True

    @contextmanager
    def workspace(self, environment: Environment) -> Iterator[Workspace]:
        place = environment.directory
        yield Workspace(environment, place, place, {}, option="", lasting=False)


@dataclass(frozen=True)
class _Reviewed:
    """A plan that was reviewed; ``differs`` is what a new plan would do otherwise."""

    changes: bool = True
    verdict: EnvironmentVerdict = _PASSES
    differs: str = ""

    def must_fit(self, engine: Engine, workspace: Workspace) -> None:
        pass

    def must_do_the_same(self, plan: Mapping[str, Any]) -> None:
        if self.differs:
            raise PolicyError(self.differs)

    def write(self, path: Path) -> None:
        path.write_text("reviewed")


@dataclass(frozen=True)
class _Desk:
    """Somebody who applies one environment, and what they are told."""

    environment: Environment
    target: _Target
    said: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)

    def apply(
        self,
        engine: Engine,
        verdict: EnvironmentVerdict = _PASSES,
        reviewed: _Reviewed | None = None,
        anew: tuple[str, ...] = (),
    ) -> Applied:
        def judge(environment: Environment, plan: Path) -> EnvironmentVerdict:
            self.judged.append(environment.name)
            return verdict

        return apply(self.environment, self.target, engine, judge, self.said.append, anew, reviewed)

    def cut_off(self) -> None:
        """An apply of somebody else's was killed."""
        store = open_record_store(self.target, self.environment)
        assert store
        store.begin(_CUT_OFF)

    @property
    def record_is_left(self) -> bool:
        store = open_record_store(self.target, self.environment)
        assert store
        return store.read() is not None


@pytest.fixture
def desk(environment: MakeEnvironment, endpoint: str) -> Iterator[_Desk]:
    made = _Desk(environment("", name="applied"), _Target(endpoint))
    yield made
    store = open_record_store(made.target, made.environment)
    assert store
    store.remove()


def test_what_is_applied_is_the_plan_that_was_judged(desk: _Desk) -> None:
    engine = _Engine()
    applied = desk.apply(engine)
    assert engine.applied == ["planned now"]
    assert (applied.changed, applied.outputs, applied.verdict) == (True, {"name": "dev"}, _PASSES)
    assert desk.said == ["Planning applied", "Applying applied"]


def test_what_does_not_pass_is_not_applied(desk: _Desk) -> None:
    engine = _Engine()
    applied = desk.apply(engine, _REFUSED)
    assert engine.applied == []
    assert (applied.changed, applied.outputs, applied.verdict) == (False, {}, _REFUSED)


def test_a_reviewed_plan_is_applied_as_it_is_and_not_judged_again(desk: _Desk) -> None:
    engine = _Engine()
    applied = desk.apply(engine, _REFUSED, _Reviewed())
    assert (engine.applied, desk.judged) == (["reviewed"], [])
    assert applied.changed
    assert desk.said == ["Applying applied as it was reviewed"]


def test_a_reviewed_plan_without_changes_applies_nothing(desk: _Desk) -> None:
    engine = _Engine()
    applied = desk.apply(engine, reviewed=_Reviewed(changes=False))
    assert engine.applied == []
    assert (applied.changed, applied.outputs) == (False, {"name": "dev"})


def test_where_the_state_moved_on_the_same_is_applied_and_nothing_else(desk: _Desk) -> None:
    stale = "lockgate-reviewed.tfplan"
    engine = _Engine(refuses=stale)
    assert desk.apply(engine, reviewed=_Reviewed()).changed
    assert (engine.applied, desk.judged) == (["planned now"], ["applied"])
    assert "It does what was reviewed. Applying applied" in desk.said

    engine = _Engine(refuses=stale)
    with pytest.raises(PolicyError, match="something else"):
        desk.apply(engine, reviewed=_Reviewed(differs="something else"))
    assert engine.applied == []

    engine = _Engine(refuses=stale)
    assert desk.apply(engine, _REFUSED, _Reviewed()).verdict is _REFUSED
    assert engine.applied == []

    engine = _Engine(refuses=stale, document={"resource_changes": []})
    assert not desk.apply(engine, reviewed=_Reviewed()).changed
    assert desk.said[-1] == "applied is already as the plan makes it: nothing is applied"


@pytest.mark.parametrize("reviewed", [None, _Reviewed()])
def test_what_one_that_was_cut_off_made_is_not_made_again(
    desk: _Desk, reviewed: _Reviewed | None
) -> None:
    desk.cut_off()
    engine = _Engine()
    with pytest.raises(PolicyError, match=r"a\.b: made, ID id-1"):
        desk.apply(engine, reviewed=reviewed)
    assert engine.applied == []
    assert desk.record_is_left
    assert desk.apply(engine, reviewed=reviewed, anew=("a.b",)).changed
    assert engine.applied == ["planned now"]
    assert not desk.record_is_left


@pytest.mark.parametrize(("verdict", "reviewed"), [(_REFUSED, None), (_REFUSED, _Reviewed())])
def test_the_record_of_one_that_was_cut_off_outlives_a_refusal(
    desk: _Desk, verdict: EnvironmentVerdict, reviewed: _Reviewed | None
) -> None:
    desk.cut_off()
    assert not desk.apply(_Engine(), verdict, reviewed, anew=("a.b",)).verdict.passes
    assert desk.record_is_left


def test_the_record_outlives_a_plan_that_does_something_else(desk: _Desk) -> None:
    desk.cut_off()
    with pytest.raises(PolicyError, match="something else"):
        desk.apply(_Engine(), reviewed=_Reviewed(differs="something else"), anew=("a.b",))
    assert desk.record_is_left
