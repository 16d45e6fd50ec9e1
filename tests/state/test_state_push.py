"""Which state that was kept may replace the one that is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lockgate.base.errors import PolicyError, UsageError
from lockgate.engine.engine import Engine
from lockgate.state.state_push import push_state, refusal
from lockgate.targets.embedded_target import EmbeddedTarget
from tests.environments import PROVIDER, MakeEnvironment

_BACKEND = 'terraform {\n  backend "s3" {}\n}\n' + PROVIDER


def _state(serial: int, lineage: str = "ours", **more: Any) -> dict[str, Any]:
    return {"serial": serial, "lineage": lineage, "resources": [{"type": "t"}], **more}


@pytest.mark.parametrize(
    ("kept", "there", "why"),
    [
        (_state(0, ""), {}, ""),
        (_state(0, ""), _state(9, resources=[]), ""),
        (_state(5), _state(4), ""),
        (_state(0, ""), _state(1), "written since"),
        (_state(9, ""), _state(1), "written since"),
        (_state(4), _state(5), "written since"),
        (_state(5), _state(5), "written since"),
        (_state(6, "another"), _state(5), "something else"),
        (_state(5, "another"), _state(5, resources=[], outputs={"a": {}}), "something else"),
    ],
)
def test_only_an_heir_replaces_a_state(
    kept: dict[str, Any], there: dict[str, Any], why: str
) -> None:
    said = refusal(kept, there)
    assert why in said
    assert bool(said) == bool(why)


def test_a_state_is_uploaded_over_an_older_one_only(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(_BACKEND, name="pushed")
    target, engine = EmbeddedTarget(endpoint, keep_state=True), Engine.find()
    file = tmp_path / "kept.tfstate"

    def push(serial: int, lineage: str, value: str) -> str:
        file.write_text(
            f'{{"version": 4, "serial": {serial}, "lineage": "{lineage}", "resources": [], '
            f'"outputs": {{"it": {{"value": "{value}", "type": "string"}}}}}}'
        )
        return push_state(made, target, engine, file)

    assert "is now what is in" in push(0, "", "first")
    assert "is already what is in" in push(0, "", "first")
    with pytest.raises(PolicyError, match="written since"):
        push(0, "", "second")
    with target.workspace(made) as workspace:
        engine.init(workspace.directory, workspace.env)
        outputs = engine.outputs(workspace.directory, workspace.env)
    assert outputs["it"]["value"] == "first"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"serial": 1, "lineage": "a"}'])
def test_what_is_no_state_is_not_uploaded(
    environment: MakeEnvironment, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "kept.tfstate"
    file.write_text(text)
    target = EmbeddedTarget("http://127.0.0.1:1", keep_state=True)
    with pytest.raises(UsageError, match=r"kept\.tfstate"):
        push_state(environment(_BACKEND), target, Engine.find(), file)
