"""Tell all about one rule: why it is, and how to keep it."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate explain LG_FAILOVER_9
  lockgate explain CKV_AWS_79
"""


@click.command(epilog=_EXAMPLES)
@click.argument("rule_id", metavar="ID")
@_options.json("Print it as JSON.")
def command(rule_id: str, as_json: bool) -> None:
    """Tell all about one rule: why it is, its sources, and the HCL that keeps it."""
    from lockgate.judging import policy_pages

    rule = policy_pages.find(rule_id)
    if as_json:
        _screen.answer_json(policy_pages.as_json(rule))
    else:
        _screen.answer(policy_pages.text(rule))
