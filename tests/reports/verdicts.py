"""Verdicts that the tests report: a plain one, large ones, and ones that attack the report."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict, Waived
from lockgate_policies.catalogue.finding import Verdict

# What an attacker would write into a name, by the reader that it is meant for.
HOSTILE = (
    "|",
    "\n",
    "\r\n| a | b |\n",
    "`",
    "```",
    "<script>alert(1)</script>",
    "<!-- lockgate:report -->",
    "--><img src=x onerror=alert(1)>",
    "</td></table>",
    "&lt;b&gt;",
    "&#64;",
    "@octocat",
    "@org/team",
    "#1",
    "GH-1",
    "!1",
    "~label",
    "%milestone",
    "$(id)",
    "[a](https://example.com)",
    "![a](https://example.com/a.png)",
    "https://example.com/",
    "www.example.com",
    "a@example.com",
    "\n/approve\n",
    "/merge",
    "::error::",
    "%0A",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{0}",
    "]]>",
    "\\",
    "**",
    "__",
    "~~",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\u200b",
    "\ufffe",
    "\ud800",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "    code",
    "---",
    ":::",
)
TEXTS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)), max_size=5).map("".join)
WORDS = TEXTS.map(lambda text: f"x{text}")


def finding(
    rule: str = "LG_LB_1",
    verdict: Verdict = Verdict.FAIL,
    address: str = "aws_lb.this",
    *,
    environment: str = "prod",
    location: str = "envs/prod/main.tf:7",
    title: str = "Load balancers stand in two zones",
    message: str = "stands in one zone",
    fix: str = "Give it two subnets.",
    waived: Waived | None = None,
) -> EnvironmentFinding:
    """One finding, on a load balancer unless told otherwise."""
    return EnvironmentFinding(
        environment, rule, title, verdict, address, location, message, fix, waived
    )


WAIVED = Waived("moves in May", "platform@example.com", date(2026, 12, 31), 37)


def mixed() -> GateVerdict:
    """One environment of each kind: blocked, passing, not planned, not judged completely."""
    return GateVerdict(
        (
            EnvironmentVerdict(
                "prod",
                (
                    finding("LG_LB_1"),
                    finding("LG_LB_1", address="aws_lb.other", location="envs/prod/main.tf:19"),
                    finding("LG_DATA_3", Verdict.UNKNOWN, message="known only after apply"),
                    finding("LG_LB_4", waived=WAIVED),
                    finding("LG_REGION_1", Verdict.PASS, "", location="", message="two regions"),
                    finding("LG_STATE_1", Verdict.NOT_APPLICABLE, "", location="", message=""),
                ),
            ),
            EnvironmentVerdict("dev", (finding("LG_LB_1", Verdict.PASS, environment="dev"),)),
            EnvironmentVerdict("staging", engine_error="Error: no such variable\n  on main.tf:3"),
            EnvironmentVerdict(
                "test",
                (finding("LG_LB_1", Verdict.PASS, environment="test"),),
                problems=("LG_LB_2 did not report, so nothing is proven",),
            ),
        ),
        ("waivers.yaml:2: the waiver of LG_LB_9 for * in prod covers nothing: remove it",),
    )


def passing() -> GateVerdict:
    """One environment that keeps one rule."""
    verdict = EnvironmentVerdict("dev", (finding("LG_LB_1", Verdict.PASS, environment="dev"),))
    return GateVerdict((verdict,))


def many(count: int, *environments: str, message: str = "stands in one zone") -> GateVerdict:
    """Environments with that many broken findings each."""
    return GateVerdict(
        tuple(
            EnvironmentVerdict(
                name,
                tuple(
                    finding(
                        address=f"aws_lb.this[{number}]",
                        environment=name,
                        location=f"envs/{name}/main.tf:{number + 1}",
                        message=message,
                    )
                    for number in range(count)
                ),
            )
            for name in environments or ("prod",)
        )
    )


_WAIVED = st.builds(
    Waived,
    reason=WORDS,
    owner=WORDS,
    expires=st.dates(date(2026, 1, 1)),
    days_left=st.integers(0, 400),
)


@st.composite
def _environments(draw: st.DrawFn) -> EnvironmentVerdict:
    name = draw(WORDS)
    findings = st.builds(
        finding,
        rule=WORDS,
        verdict=st.sampled_from(Verdict),
        address=TEXTS,
        environment=st.just(name),
        location=st.one_of(st.just(""), TEXTS.map(lambda text: f"envs/{text}:3"), TEXTS),
        title=WORDS,
        message=TEXTS,
        fix=TEXTS,
        waived=st.one_of(st.none(), _WAIVED),
    )
    return EnvironmentVerdict(
        name,
        tuple(draw(st.lists(findings, max_size=4))),
        tuple(draw(st.lists(WORDS, max_size=2))),
        draw(TEXTS),
        provider=draw(TEXTS),
    )


VERDICTS = st.builds(
    GateVerdict,
    st.lists(_environments(), max_size=3).map(tuple),
    st.lists(WORDS, max_size=2).map(tuple),
)
