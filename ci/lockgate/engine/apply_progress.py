"""Tells a person what an apply is doing, from Terraform's JSON UI.

Source: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_DOING = {"create": "creating", "update": "changing", "delete": "destroying", "read": "reading"}
_DONE = {"create": "created", "update": "changed", "delete": "destroyed", "read": "read"}

# Why some resources take long even where nothing is slow: waits written into the provider.
_WAITS = {
    "aws_lb": "the provider asks for its state once a minute",
    "aws_alb": "the provider asks for its state once a minute",
    "aws_route53_zone": "the provider waits 30 s for Route 53 to be in sync",
    "aws_route53_record": "the provider waits 30 s for Route 53 to be in sync",
    "aws_nat_gateway": "AWS takes minutes to make one",
    "aws_rds_cluster": "the provider looks after 30 s, and AWS takes many minutes to make one",
    "aws_rds_cluster_instance": "the provider looks after 30 s, and AWS takes many minutes",
    "aws_db_instance": "AWS takes many minutes to make one",
}


class ApplyProgress:
    """Turns the events of one apply into lines: what is done, and now and then what is awaited."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._explained: set[str] = set()
        self._waiting: dict[str, str] = {}

    def on_line(self, line: str) -> None:
        """Take one line of ``terraform apply -json``; what is no event is passed on as it is."""
        try:
            event = json.loads(line)
        except ValueError:
            if line.strip():
                self._say(line)
            return
        if isinstance(event, dict):
            self._on_event(event)

    def _on_event(self, event: dict[str, Any]) -> None:
        hook = event.get("hook") or {}
        resource = hook.get("resource") or {}
        address = str(resource.get("addr", ""))
        action = str(hook.get("action", ""))
        seconds = hook.get("elapsed_seconds", 0)
        match event.get("type"):
            case "apply_progress":
                self._wait(address, action, seconds, str(resource.get("resource_type", "")))
            case "apply_complete":
                self._waiting.pop(address, None)
                self._say(f"  {_DONE.get(action, action)} {address} ({seconds} s)")
            case "apply_errored":
                self._waiting.pop(address, None)
                self._say(f"  FAILED {address}")
            case "diagnostic":
                diagnostic = event.get("diagnostic") or {}
                if diagnostic.get("severity") == "warning":
                    self._say(f"  warning: {diagnostic.get('summary')}")
            case "change_summary":
                message = str(event.get("@message", ""))
                self._say(f"  {message.removeprefix('Apply complete! ')}")

    def _wait(self, address: str, action: str, seconds: int, kind: str) -> None:
        """Terraform reports each resource every ten seconds; say them together, once."""
        why = ""
        if kind in _WAITS and kind not in self._explained:
            self._explained.add(kind)
            why = f": {_WAITS[kind]}"
        again = address in self._waiting
        self._waiting[address] = f"{_DOING.get(action, action)} {address} ({seconds} s)"
        if not again:
            self._say(f"  still {self._waiting[address]}{why}")
        elif next(iter(self._waiting)) == address:
            others = f", and {len(self._waiting) - 1} more" if len(self._waiting) > 1 else ""
            self._say(f"  still {self._waiting[address]}{others}")
