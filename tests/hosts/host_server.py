"""A server that follows the comment APIs of GitHub and GitLab as they are published.

https://docs.github.com/rest/issues/comments and https://docs.gitlab.com/api/notes
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

TOKEN = "secret-token-of-the-job"
OWN = {"github": "github-actions[bot]", "gitlab": "project_3_bot"}
_GITHUB = re.compile(r"/repos/acme/infra/issues/7/comments")
_GITHUB_ONE = re.compile(r"/repos/acme/infra/issues/comments/(\d+)")
_GITLAB = re.compile(r"/api/v4/projects/3/merge_requests/7/notes")
_GITLAB_ONE = re.compile(_GITLAB.pattern + r"/(\d+)")
LIMITS = {"github": 65_536, "gitlab": 1_000_000}


@dataclass
class HostServer:
    """What the server holds, and what it was asked."""

    kind: str
    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    login: str | None = None
    """Who the token says it is; None for an app's token, which GitHub does not tell."""
    failing: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By method: the status and message that it answers to requests for comments."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with what fails."""

    def add(self, body: str, author: str = "", *, system: bool = False) -> int:
        """Put a comment there; returns its number."""
        number = 101 + len(self.comments)
        author = author or OWN[self.kind]
        user = {"login": author, "username": author, "id": _account(author), "type": "Bot"}
        self.comments.append(
            {"id": number, "body": body, "user": user, "author": user, "system": system}
        )
        return number

    def bodies(self) -> dict[int, str]:
        """The comments' texts by number."""
        return {comment["id"]: comment["body"] for comment in self.comments}


def _account(name: str) -> int:
    return sum(name.encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def host(self) -> HostServer:
        return cast("_Server", self.server).host

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the tests look at what was asked."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length) or b"{}") if length else {}
        address = urlsplit(self.path)
        self.host.asked.append(f"{method} {address.path}")
        if not self._known():
            return self._send(401, {"message": "Bad credentials"})
        if address.path in ("/user", "/api/v4/user"):
            return self._user()
        if method in self.host.failing:
            status, message = self.host.failing[method]
            return self._send(status, {"message": message}, self.host.headers)
        github = self.host.kind == "github"
        every, one = (_GITHUB, _GITHUB_ONE) if github else (_GITLAB, _GITLAB_ONE)
        if every.fullmatch(address.path):
            if method == "GET":
                return self._page(parse_qs(address.query), address.path)
            if method == "POST" and self._fits(sent):
                number = self.host.add(sent["body"])
                return self._send(201, self._comment(number))
            return None
        found = one.fullmatch(address.path)
        number = int(found.group(1)) if found else 0
        if number not in self.host.bodies():
            return self._send(404, {"message": "Not Found"})
        if method == ("PATCH" if github else "PUT"):
            if not self._fits(sent):
                return None
            self._comment(number)["body"] = sent["body"]
        return self._send(200, self._comment(number))

    def _known(self) -> bool:
        if self.host.kind == "gitlab":
            return self.headers.get("PRIVATE-TOKEN") == TOKEN
        return self.headers.get("Authorization") in (f"token {TOKEN}", f"Bearer {TOKEN}")

    def _user(self) -> None:
        name = self.host.login
        if name is None and self.host.kind == "github":
            return self._send(403, {"message": "Resource not accessible by integration"})
        name = name or OWN[self.host.kind]
        return self._send(200, {"login": name, "username": name, "id": _account(name)})

    def _fits(self, sent: dict[str, Any]) -> bool:
        fits = 0 < len(sent["body"]) <= LIMITS[self.host.kind]
        if not fits:
            status = 422 if self.host.kind == "github" else 400
            self._send(status, {"message": "body is too long (or empty)"})
        return fits

    def _comment(self, number: int) -> dict[str, Any]:
        comment = next(each for each in self.host.comments if each["id"] == number)
        if self.host.kind == "github":
            base = f"{self.host.url}/repos/acme/infra/issues"
            comment["url"] = f"{base}/comments/{number}"
        return comment

    def _page(self, query: dict[str, list[str]], path: str) -> None:
        size = min(int(query.get("per_page", ["30"])[0]), 100)
        page = int(query.get("page", ["1"])[0])
        numbers = [comment["id"] for comment in self.host.comments]
        if self.host.kind == "gitlab" and query.get("sort", ["desc"]) == ["desc"]:
            numbers.reverse()
        shown = [self._comment(number) for number in numbers[(page - 1) * size : page * size]]
        headers = {"X-Page": str(page), "X-Per-Page": str(size), "X-Next-Page": ""}
        if page * size < len(numbers):
            rest = "&".join(f"{k}={v[0]}" for k, v in query.items() if k != "page")
            following = f"{self.host.url}{path}?{rest}&page={page + 1}"
            headers |= {"Link": f'<{following}>; rel="next"', "X-Next-Page": str(page + 1)}
        self._send(200, shown, headers)

    def _send(self, status: int, answer: object, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    host: HostServer


@contextmanager
def serving(kind: str) -> Iterator[HostServer]:
    """A server of one kind, on a free port of this machine."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        host = HostServer(kind, f"http://127.0.0.1:{server.server_address[1]}")
        server.host = host
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
