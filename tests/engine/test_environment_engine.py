"""The engine that an environment's settings name."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.engine.engine import Engine
from lockgate.engine.environment_engine import engine_of
from lockgate.repository.environment_inputs import Inputs
from lockgate.repository.environments import Environment


def environment(root: Path, engine: str) -> Environment:
    return Environment("prod", root / "prod", root, Inputs(terraform=engine))


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.delenv("LOCKGATE_TERRAFORM", raising=False)
    return Engine.find()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "bin"
    place.mkdir()
    program = place / "tofu"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(place))
    return program


def test_the_settings_name_one_that_is_installed(
    tmp_path: Path, embedded: Engine, installed: Path
) -> None:
    root = tmp_path / "repository"
    assert engine_of(environment(root, "tofu"), embedded).executable == (str(installed),)
    assert engine_of(environment(root, ""), embedded) is embedded


def test_the_command_line_wins(tmp_path: Path, installed: Path) -> None:
    named = Engine.find(str(installed))
    assert engine_of(environment(tmp_path / "repository", "terraform"), named) is named


def test_one_that_is_not_there_is_said_with_its_key(tmp_path: Path, embedded: Engine) -> None:
    with pytest.raises(UsageError) as caught:
        engine_of(environment(tmp_path, "nowhere"), embedded)
    assert "environments.prod.terraform: 'nowhere' is no executable file" in str(caught.value)


def test_a_program_of_the_repository_is_not_run(
    tmp_path: Path, embedded: Engine, installed: Path
) -> None:
    with pytest.raises(UsageError, match="stands in the repository"):
        engine_of(environment(tmp_path, "tofu"), embedded)


def test_a_workspace_that_is_not_there_yet_does_not_stop_init(tmp_path: Path) -> None:
    script = tmp_path / "terraform"
    script.write_text(
        "#!/bin/sh\n"
        'echo "$TF_WORKSPACE|$*" >> called\n'
        'if [ -n "$TF_WORKSPACE" ]; then\n'
        """  echo "Error: Currently selected workspace \\"$TF_WORKSPACE\\" does not exist" >&2\n"""
        "  exit 1\n"
        "fi\n"
    )
    script.chmod(0o755)
    engine = Engine.find(str(script))
    engine.init(tmp_path, {"TF_WORKSPACE": "blue"})
    calls = (tmp_path / "called").read_text().splitlines()
    assert calls == ["blue|init -input=false -no-color", "|init -input=false -no-color"]
