"""What is shown while a drill runs."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from lockgate.drill.display import display, view
from lockgate.drill.snapshot import Phase, RecordState, Snapshot

_NOW = Snapshot(
    name="app.example.com A",
    phase=Phase.LOST,
    at=53.0,
    elapsed=33.0,
    computed=90,
    records=(
        RecordState("PRIMARY", "us-east-1", "refused", False, 1, 8, False),
        RecordState("SECONDARY", "us-west-2", "up", None, 0, 0, True),
    ),
    served_by={None: 4, "us-west-2": 8},
    good=120,
    lost=44,
)


def _shown(snapshot: Snapshot) -> list[str]:
    console = Console(file=io.StringIO(), width=120, record=True)
    console.print(view(snapshot))
    return [" ".join(line.split()) for line in console.export_text().splitlines()]


def test_the_view_tells_regions_answers_requests_and_the_time() -> None:
    assert _shown(_NOW) == [
        "app.example.com A",
        "PRIMARY us-east-1 lost: refused unhealthy (1 of 8 checkers see it up)",
        "SECONDARY us-west-2 up no health check <- DNS answers",
        "clients: 8 served by us-west-2, 4 not served; requests: 120 good, 44 lost",
        "###########................... waiting until clients are served again: 33 s of 90 s "
        "computed",
    ]


@pytest.mark.parametrize(
    ("change", "last"),
    [
        ({"phase": Phase.SETTLING}, "waiting until every client is served: 33 s"),
        ({"computed": None}, "waiting until clients are served again: 33 s"),
        (
            {"phase": Phase.BACK, "elapsed": 95.0},
            "############################## waiting until clients are back: 95 s of 90 s computed",
        ),
    ],
)
def test_the_bar_is_for_what_can_be_computed(change: dict[str, object], last: str) -> None:
    assert _shown(replace(_NOW, **change))[-1] == last  # type: ignore[arg-type]


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_has_a_live_view(terminal: bool) -> None:
    out = io.StringIO()
    # TERM is what a machine without a terminal sets to "dumb".
    console = Console(file=out, force_terminal=terminal, width=120, _environ={"TERM": "xterm"})
    with display(console) as shown:
        shown.watch(_NOW)
        shown.say("   20.1 s  us-east-1 is lost (refused)")
    assert "20.1 s  us-east-1 is lost (refused)" in out.getvalue()
    assert ("DNS answers" in out.getvalue()) is terminal
    assert ("\x1b[" in out.getvalue()) is terminal
