"""What every test shares: Terraform is the checkout's own, wherever pytest was started."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    # Absolute: pytest-terraform runs it in a directory of its own.
    if not config.option.dest_tf_binary:
        config.option.dest_tf_binary = str(ROOT / "scripts" / "terraform")
