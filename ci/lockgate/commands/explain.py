"""Tell all about one rule: why it is, and how to keep it."""

from __future__ import annotations

import json

import click

_EXAMPLES = """\b
Examples:
  lockgate explain LG_FAILOVER_9
  lockgate explain CKV_AWS_79
"""


@click.command(epilog=_EXAMPLES)
@click.argument("rule_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(rule_id: str, as_json: bool) -> None:
    """Tell all about one rule: why it is, its sources, and the HCL that keeps it."""
    from lockgate.judging import policy_pages

    rule = policy_pages.find(rule_id)
    if as_json:
        click.echo(json.dumps(policy_pages.as_json(rule), indent=2))
    else:
        click.echo(policy_pages.text(rule))
