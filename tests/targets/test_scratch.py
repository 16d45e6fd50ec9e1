"""The copy of an environment that the engine works in."""

from __future__ import annotations

from pathlib import Path

from lockgate.repository.environments import Environment
from lockgate.targets.scratch import scratch_copy


def test_a_directory_with_the_name_of_a_file_is_one_in_the_copy_too(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    environment = Environment("prod", root / "prod", root)
    (environment.directory / "odd.tf").mkdir(parents=True)
    (environment.directory / "odd.tf" / "note.txt").write_text("kept")
    (environment.directory / "files").mkdir()
    (environment.directory / "main.tf").write_text("# nothing\n")
    with scratch_copy(environment) as directory:
        # Terraform passes over a directory, and reads what a link leads to.
        assert (directory / "odd.tf").is_dir()
        assert not (directory / "odd.tf").is_symlink()
        assert (directory / "odd.tf" / "note.txt").read_text() == "kept"
        assert (directory / "files").is_symlink()
        assert (directory / "main.tf").read_text() == "# nothing\n"
