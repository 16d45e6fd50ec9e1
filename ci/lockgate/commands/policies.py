"""List the rules, or write the page about them."""

from __future__ import annotations

import click

from lockgate.commands import _options, _screen

_EXAMPLES = """\b
Examples:
  lockgate policies
  lockgate policies --family failover
  lockgate policies --json | jq -r '.[].id'
"""


@click.command(epilog=_EXAMPLES)
@click.option("--family", metavar="NAME", help="Only one family: region, failover, subnet, …")
@_options.json("Print them as JSON.")
@click.option("--markdown", is_flag=True, help="Print the page docs/policies.md.")
def command(family: str | None, as_json: bool, markdown: bool) -> None:
    """List the rules that environments are judged by."""
    from lockgate.judging import policy_pages

    rules = policy_pages.rules(family)
    if as_json:
        _screen.answer_json([policy_pages.as_json(rule) for rule in rules])
    elif markdown:
        _screen.answer(policy_pages.markdown().removesuffix("\n"))
    else:
        for rule in rules:
            _screen.answer(f"{rule.id:<15} {rule.severity.value:<9} {rule.title}")
        _screen.say(f"\n{len(rules)} rules. `lockgate explain ID` tells all about one.")
