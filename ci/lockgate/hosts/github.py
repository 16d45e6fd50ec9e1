"""Comments on a pull request of GitHub, or of a GitHub Enterprise Server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import github
import requests
from urllib3.util import Retry

from lockgate.base import documents
from lockgate.base.errors import UsageError
from lockgate.hosts import refusal, variables
from lockgate.hosts.host import NOWHERE, Comment, Places

LIMIT = 65_536
_SECONDS = 30
# What a job's own GITHUB_TOKEN writes as. It may not ask who it is.
_ACTIONS = "github-actions[bot]"


class GitHub:
    """One pull request, by the token of the job."""

    def __init__(
        self, api: str, token: str, repository: str, number: int, places: Places = NOWHERE
    ) -> None:
        self.limit = LIMIT
        self.places = places
        self._token = token
        self._place = f"{api}, pull request {number} of {repository}"
        # A comment is never sent twice; that would be two comments.
        retry = Retry(
            total=2,
            backoff_factor=0.2,
            status_forcelist=(500, 502, 503, 504),
            allowed_methods=("GET", "PATCH"),
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        self._client = github.Github(
            base_url=api,
            auth=github.Auth.Token(token),
            retry=retry,
            timeout=_SECONDS,
            per_page=100,
            lazy=True,
        )
        self._issue = self._client.get_repo(repository).get_issue(number)

    def comments(self) -> Iterator[Comment]:
        """The comments, the oldest first. Raises EngineError."""
        with self._refusals():
            own = self._login()
            for comment in self._issue.get_comments():
                # An account that was deleted is null.
                author = comment.user.login if comment.user else ""
                yield Comment(comment.id, comment.body or "", author == own)

    def create(self, body: str) -> None:
        """Add a comment. Raises EngineError."""
        with self._refusals():
            self._issue.create_comment(body)

    def update(self, comment: Comment, body: str) -> None:
        """Replace a comment's text. Raises EngineError."""
        with self._refusals():
            self._issue.get_comment(comment.number).edit(body)

    def _login(self) -> str:
        try:
            return self._client.get_user().login
        except github.RateLimitExceededException:
            raise
        except github.GithubException as error:
            # "Resource not accessible by integration": an app's token is of no user.
            if error.status == 403:
                return _ACTIONS
            raise

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except github.GithubException as error:
            raise refusal.refused(
                self._place,
                error.status,
                error.message or "",
                self._token,
                permission="write comments: `pull-requests: write` in the job's permissions",
                limited=isinstance(error, github.RateLimitExceededException),
            ) from None
        except (requests.RequestException, github.BadAttributeException, ValueError) as error:
            raise refusal.unreachable(self._place, error) from None


def from_variables(environ: Mapping[str, str]) -> GitHub:
    """The pull request that this job is of. Raises UsageError if it is of none."""
    token = variables.token(environ, "GITHUB_TOKEN", "the token that writes the comment")
    repository = variables.required(environ, "GITHUB_REPOSITORY", "the repository, OWNER/NAME")
    event = Path(variables.required(environ, "GITHUB_EVENT_PATH", "the file with the event"))
    api = "https://api.github.com"
    if environ.get("GITHUB_API_URL"):
        api = variables.url(environ, "GITHUB_API_URL", "the address of GitHub's API")
    return GitHub(api, token, repository, _number(event), _places(environ, repository))


def _number(event: Path) -> int:
    try:
        number = documents.parse(event.read_text(encoding="utf-8"))["pull_request"]["number"]
    except OSError as error:
        raise UsageError(f"{event} (GITHUB_EVENT_PATH) cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{event} (GITHUB_EVENT_PATH) is of no pull request: run `lockgate comment` in a "
            "workflow `on: pull_request`"
        ) from error
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UsageError(f"{event} (GITHUB_EVENT_PATH): pull_request.number is no number")
    return number


def _places(environ: Mapping[str, str], repository: str) -> Places:
    server, run = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_RUN_ID", "")
    # The commit that was judged only there; for other events it is the base branch's.
    judged = environ.get("GITHUB_EVENT_NAME") == "pull_request"
    commit = environ.get("GITHUB_SHA", "") if judged else ""
    if not server:
        return NOWHERE
    return Places(
        f"{server}/{repository}/blob/{commit}" if commit else "",
        f"{server}/{repository}/actions/runs/{run}" if run else "",
    )
