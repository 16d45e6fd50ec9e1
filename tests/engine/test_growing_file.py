"""A file is read as it grows, whatever the pieces in which it is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lockgate.engine.growing_file import GrowingFile


@given(text=st.text("aä€\U0001f600\n"), sizes=st.lists(st.integers(1, 5)))
def test_every_line_is_told_once_and_whole(text: str, sizes: list[int]) -> None:

    data = text.encode()
    lines: list[str] = []
    with tempfile.TemporaryFile() as file:
        growing = GrowingFile(file.fileno(), lines.append)
        for size in [*sizes, len(data)]:
            file.write(data[:size])
            file.flush()
            data = data[size:]
            growing.read_on()
        assert growing.text == text
    assert lines == text.split("\n")[:-1]


def test_nothing_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (tmp_path / "file").open() as file:
        growing = GrowingFile(file.fileno())
        growing.read_on()
        assert growing.text == ""
