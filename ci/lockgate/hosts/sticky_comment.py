"""The one comment on a pull request that is updated, not repeated."""

from __future__ import annotations

from lockgate.hosts.host import Comment, Host
from lockgate.reports import report_markdown
from lockgate.verdict.verdict import GateVerdict

# Both hosts keep it and show nothing of it. Text from a plan cannot hold it: its < is escaped.
MARKER = "<!-- lockgate:report -->"


def post(host: Host, verdict: GateVerdict) -> str:
    """Create or update the comment; returns which. Raises EngineError if the host refuses."""
    text = body(host, verdict)
    earlier = next((comment for comment in host.comments() if _is_sticky(comment)), None)
    if earlier is None:
        host.create(text)
        return "created"
    host.update(earlier, text)
    return "updated"


def body(host: Host, verdict: GateVerdict) -> str:
    """The comment's text, never longer than the host takes."""
    # Measured in bytes, of which a text has at least as many as it has characters.
    style = report_markdown.Style(
        limit=host.limit - len(MARKER) - 1,
        source_url=host.places.source_url,
        report_url=host.places.report_url,
    )
    return f"{MARKER}\n{report_markdown.render(verdict, style)}"


def _is_sticky(comment: Comment) -> bool:
    # Whoever may comment can write the marker, so it alone proves nothing.
    return comment.own and comment.body.startswith(MARKER)
