"""Comments (notes) on a merge request of GitLab, gitlab.com or one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gitlab
import requests

from lockgate.hosts import refusal, variables
from lockgate.hosts.host import NOWHERE, Comment, Places

LIMIT = 1_000_000
_SECONDS = 30
_API = "/api/v4"
# To wait as long as the host says would use up the job's time.
_ONCE: dict[str, Any] = {"obey_rate_limit": False}
# Only what can be sent twice without harm.
_AGAIN: dict[str, Any] = {**_ONCE, "retry_transient_errors": True, "max_retries": 2}


class GitLab:
    """One merge request, by the token of a project's or a group's bot."""

    def __init__(
        self, server: str, token: str, project: int, number: int, places: Places = NOWHERE
    ) -> None:
        self.limit = LIMIT
        self.places = places
        self._token = token
        self._place = f"{server}, merge request {number} of project {project}"
        self._client = gitlab.Gitlab(
            server, private_token=token, timeout=_SECONDS, keep_base_url=True
        )
        requests_of = self._client.projects.get(project, lazy=True).mergerequests
        self._notes = requests_of.get(number, lazy=True).notes

    def comments(self) -> Iterator[Comment]:
        """The comments, the oldest first. Raises EngineError."""
        with self._refusals():
            me = self._client.http_get("/user", **_AGAIN)
            own = me["id"] if isinstance(me, dict) else None
            notes = self._notes.list(
                iterator=True, per_page=100, order_by="created_at", sort="asc", **_AGAIN
            )
            for note in notes:
                mine = own is not None and note.author["id"] == own and not note.system
                yield Comment(note.id, note.body, mine)

    def create(self, body: str) -> None:
        """Add a comment. Raises EngineError."""
        with self._refusals():
            self._notes.create({"body": body}, **_ONCE)

    def update(self, comment: Comment, body: str) -> None:
        """Replace a comment's text. Raises EngineError."""
        with self._refusals():
            self._notes.update(comment.number, {"body": body}, **_AGAIN)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except gitlab.GitlabError as error:
            if error.response_code is None:
                raise refusal.unreachable(self._place, error) from None
            raise refusal.refused(
                self._place,
                error.response_code,
                str(error.error_message),
                self._token,
                permission="write comments: scope `api`, and at least the role Reporter",
            ) from None
        except (requests.RequestException, KeyError, TypeError, AttributeError) as error:
            raise refusal.unreachable(self._place, error) from None


def from_variables(environ: Mapping[str, str]) -> GitLab:
    """The merge request that this job is of. Raises UsageError if it is of none."""
    token = variables.token(environ, "LOCKGATE_TOKEN", "the token that writes the comment")
    if environ.get("CI_API_V4_URL"):
        server = variables.url(environ, "CI_API_V4_URL", "the address of GitLab's API")
        server = server.removesuffix(_API)
    else:
        server = variables.url(environ, "CI_SERVER_URL", "the address of GitLab")
    project = variables.number(environ, "CI_PROJECT_ID", "the project's number")
    number = variables.number(environ, "CI_MERGE_REQUEST_IID", "the merge request's number")
    return GitLab(server, token, project, number, _places(environ))


def _places(environ: Mapping[str, str]) -> Places:
    project, commit = environ.get("CI_PROJECT_URL", ""), environ.get("CI_COMMIT_SHA", "")
    job = environ.get("CI_JOB_URL", "")
    return Places(
        f"{project}/-/blob/{commit}" if project and commit else "",
        f"{job}/artifacts/browse" if job else "",
    )
