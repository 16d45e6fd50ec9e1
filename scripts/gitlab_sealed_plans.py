"""Fetches the sealed plans that were reviewed, from the merge request that a commit came with.

Usage: python gitlab_sealed_plans.py DIRECTORY, in a job of GitLab, with a token that may read the
API in LOCKGATE_TOKEN. The plans are those of the last pipeline of the merge request's last commit,
or of that commit merged or in a merge train, which must have passed; its number is written to
DIRECTORY/merge-request. A commit that came with no merge request has none: the directory stays
empty, and `lockgate promote --bundles DIRECTORY` then changes nothing.
"""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "ci"))

from lockgate.base.errors import EngineError, LockgateError, PolicyError, UsageError  # noqa: E402

if TYPE_CHECKING:
    from gitlab.v4.objects import Project

CHECKS = "lockgate-checks"
PLAN = "lockgate-plan: ["
PLANS = PurePosixPath("lockgate/plans")
MERGE_REQUEST = "merge-request"


def fetch(project: Project, commit: str, directory: Path) -> list[str]:
    """Write the sealed plans for `commit` into `directory`; return the names of their files.

    The merge request's number goes beside them: with it a promotion releases what it holds.

    Raises:
        PolicyError: the merge request's last commit has no pipeline that passed.
    """
    written = []
    requests = project.commits.get(commit, lazy=True).merge_requests()
    merged = [request for request in requests if request["state"] == "merged"]
    if not merged:
        return []
    number, head = merged[0]["iid"], merged[0]["sha"]
    for content in _artifacts(project, number, head):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                path = PurePosixPath(member)
                # Nothing else of an artifact is of interest, wherever it says that it belongs.
                if path.parent == PLANS and path.suffix == ".lockgate":
                    (directory / path.name).write_bytes(archive.read(member))
                    written.append(path.name)
    (directory / MERGE_REQUEST).write_text(f"{number}\n")
    return sorted(written)


def _artifacts(project: Project, number: int, head: str) -> Iterator[bytes]:
    pipelines = project.mergerequests.get(number, lazy=True).pipelines.list(get_all=True)
    # GitLab runs these on a commit of its own making. Which files a plan is for, its seal says.
    merged = {f"refs/merge-requests/{number}/{ref}" for ref in ("merge", "train")}
    latest = max(
        (
            pipeline
            for pipeline in pipelines
            if pipeline.sha == head or getattr(pipeline, "ref", "") in merged
        ),
        key=_number,
        default=None,
    )
    if latest is None or latest.status != "success":
        how = "has none" if latest is None else f"ended as '{latest.status}'"
        raise PolicyError(
            f"The last pipeline of merge request !{number} at {head[:12]} {how}: nothing that it "
            "planned is applied. Run it again, then retry this job."
        )
    for bridge in project.pipelines.get(latest.id, lazy=True).bridges.list(get_all=True):
        if bridge.name == CHECKS and bridge.downstream_pipeline:
            child = project.pipelines.get(bridge.downstream_pipeline["id"], lazy=True)
            for job in child.jobs.list(get_all=True):
                if job.name.startswith(PLAN) and job.status == "success":
                    content = project.jobs.get(job.id, lazy=True).artifacts()
                    assert isinstance(content, bytes)
                    yield content


def _number(pipeline: object) -> int:
    return int(getattr(pipeline, "id", 0))


def main(arguments: list[str]) -> int:
    """Fetch into the directory that the arguments name; return the exit code."""
    try:
        if len(arguments) != 1:
            raise UsageError("usage: gitlab_sealed_plans.py DIRECTORY")
        import gitlab
        import requests

        token = _variable("LOCKGATE_TOKEN", "Make a project access token with the scope read_api.")
        job = "It is set in a job of GitLab; this script is for one."
        server = gitlab.Gitlab(_variable("CI_SERVER_URL", job), private_token=token)
        project = server.projects.get(_variable("CI_PROJECT_ID", job), lazy=True)
        try:
            names = fetch(project, _variable("CI_COMMIT_SHA", job), Path(arguments[0]))
        except (gitlab.GitlabError, requests.RequestException) as error:
            raise EngineError(
                f"GitLab did not hand over the sealed plans: {error}. Retry this job; if it says "
                "so again, look at what LOCKGATE_TOKEN may read."
            ) from error
    except LockgateError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print("\n".join(names) or "No plan was reviewed for this commit.")
    return 0


def _variable(name: str, fix: str) -> str:
    if value := os.environ.get(name):
        return value
    raise UsageError(f"{name} is not set. {fix}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
