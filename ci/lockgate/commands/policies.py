"""List the rules, or write the page about them."""

from __future__ import annotations

import json

import click

_EXAMPLES = """\b
Examples:
  lockgate policies
  lockgate policies --family failover
  lockgate policies --json | jq -r '.[].id'
"""


@click.command(epilog=_EXAMPLES)
@click.option("--family", metavar="NAME", help="Only one family: region, failover, subnet, …")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.option("--markdown", is_flag=True, help="Print the page docs/policies.md.")
def command(family: str | None, as_json: bool, markdown: bool) -> None:
    """List the rules that environments are judged by."""
    from lockgate.judging import policy_pages

    rules = policy_pages.rules(family)
    if as_json:
        click.echo(json.dumps([policy_pages.as_json(rule) for rule in rules], indent=2))
    elif markdown:
        click.echo(policy_pages.markdown(), nl=False)
    else:
        for rule in rules:
            click.echo(f"{rule.id:<15} {rule.severity.value:<9} {rule.title}")
        click.echo(f"\n{len(rules)} rules. `lockgate explain ID` tells all about one.", err=True)
