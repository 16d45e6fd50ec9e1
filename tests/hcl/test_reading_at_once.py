"""Environments are read side by side; each must be read as if it were alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate_policies.hcl.reading import parse

ROOT = paths.repository_root(Path(__file__))
FILES = sorted([*ROOT.glob("modules/*/*.tf"), *ROOT.glob("envs/*/*.tf")])


@pytest.fixture(autouse=True)
def _switching_often() -> Iterator[None]:
    """Let threads take turns within one file, which a busy machine does by itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_files_read_at_once_are_read_whole() -> None:
    names, texts = [file.name for file in FILES], [file.read_bytes() for file in FILES]
    alone = [parse(name, text) for name, text in zip(names, texts, strict=True)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            assert list(pool.map(parse, names, texts)) == alone
