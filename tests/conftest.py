"""What every test shares: Terraform is the checkout's own, wherever pytest was started."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.environments"]

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
WAITING = ("hosts", "modules", "promotion", "commands", "drill")
"""What applies for real, and waits: begun first, so that the rest is done beside it."""


def pytest_configure(config: pytest.Config) -> None:
    # In a workflow's step, every command begins with a line for GitHub's runner.
    os.environ.pop("GITHUB_ACTIONS", None)
    # Absolute: pytest-terraform runs it in a directory of its own.
    if not config.option.dest_tf_binary:
        config.option.dest_tf_binary = str(ROOT / "scripts" / "terraform")
    # What a machine has of other providers would change what its tests plan with.
    os.environ["LOCKGATE_PROVIDER"] = "bundled"
    # Terraform and its provider live for seconds here, and need not tidy up all the time.
    os.environ.setdefault("GOGC", "400")
    # How long an example takes is the machine's to say, and no fault of what it shows.
    hypothesis.settings.register_profile("lockgate", deadline=None)
    hypothesis.settings.load_profile("lockgate")
    # Where a shell starts pytest in the background, SIGINT is ignored, here and in every process
    # that tests start; what they say about Ctrl-C would then hold for nobody.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Give each test the signals as they are: a command that runs in it sets and ignores some."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        if signal.getsignal(number) != handler:
            signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        part = item.path.relative_to(TESTS).parts[0]
        return WAITING.index(part) if part in WAITING else len(WAITING)

    items.sort(key=turn)
