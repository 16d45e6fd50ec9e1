"""Says what a host's refusal means and what to do about it, without the token."""

from __future__ import annotations

from lockgate.base.errors import EngineError
from lockgate.base.safe_text import visible

_LONGEST = 300


def refused(
    place: str, status: int, message: str, token: str, *, permission: str, limited: bool = False
) -> EngineError:
    """The error for an answer that is no success.

    ``place`` is the host's API and pull request, ``permission`` what the token needs, and
    ``limited`` tells that the host counts too many requests.
    """
    if limited or status == 429:
        meaning = "the host takes no more requests for now. Run the job again later"
    elif status == 401:
        meaning = f"the token is not valid (any more). Give one that may {permission}"
    elif status == 403:
        meaning = f"the token may not do this. Give it the right to {permission}"
    elif status == 404:
        meaning = "there is no such pull request, or the token may not see it"
    elif status >= 500:
        meaning = "the host has trouble. Run the job again later"
    else:
        meaning = "the request was refused"
    said = visible(message.replace(token, "***"))[:_LONGEST]
    return EngineError(f"{place} answered {status}: {meaning}. It said: {said or 'nothing'}")


def unreachable(place: str, error: Exception) -> EngineError:
    """The error for a host that did not answer, or not as its API does."""
    # The name alone: what such an error quotes can be a header, and so the token.
    return EngineError(
        f"{place} did not answer as it should ({type(error).__name__}). See if the host is up "
        "and reached from this job, and run it again."
    )
