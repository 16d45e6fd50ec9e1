"""A commit is what is checked out only if no file that is read differs from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.repository.working_tree import clean_commit
from tests.repository.git_repositories import GitFiles


@pytest.fixture
def repository(tmp_path: Path) -> GitFiles:
    return GitFiles.make(tmp_path, {"infra/envs/dev/main.tf": "# x\n", "infra/lockgate.yaml": ""})


@pytest.mark.parametrize(
    "name",
    [
        *("infra/envs/dev/t.tpl", "infra/envs/dev/\u00fc.auto.tfvars", "infra/modules/a/a b.tf"),
        *("infra/modules/a/main.tofu", "infra/envs/dev/x.tfvars.json", "infra/envs/a\nb"),
    ],
)
def test_a_file_that_is_read_must_be_committed(repository: GitFiles, name: str) -> None:
    repository.write({name: "x"})
    with pytest.raises(UsageError) as error:
        clean_commit(repository.root / "infra")
    assert name in str(error.value)


def test_a_job_s_own_reports_do_not_count(repository: GitFiles) -> None:
    repository.write({"lockgate/reports/report.md": "x"})
    assert clean_commit(repository.root / "infra") == repository.git("rev-parse", "HEAD")


def test_a_change_counts_whatever_the_file_is_called(repository: GitFiles) -> None:
    commit = repository.commit({"\u00fc b.md": "x"})
    assert clean_commit(repository.root) == commit
    repository.write({"\u00fc b.md": "y"})
    with pytest.raises(UsageError, match=r"\u00fc b\.md"):
        clean_commit(repository.root)
