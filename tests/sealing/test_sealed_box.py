"""A sealed box opens with its key, and only as it was written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.base.errors import PolicyError, UsageError
from lockgate.sealing.sealed_box import MAGIC, close_box, open_box, write_box
from lockgate.sealing.sealing_key import VARIABLE, read_sealing_key

SECRET = "k" * 43
CONTENT = b"a plan with a secret"
BOX = close_box(CONTENT, SECRET)


@given(st.binary())
def test_what_was_sealed_is_what_is_opened(content: bytes) -> None:
    assert open_box(close_box(content, SECRET), SECRET) == content


@given(st.integers(0, len(BOX) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(index: int, change: int) -> None:
    altered = bytearray(BOX)
    altered[index] ^= change
    with pytest.raises(PolicyError):
        open_box(bytes(altered), SECRET)


@given(st.integers(0, len(BOX) - 1))
def test_a_box_cut_short_is_refused(length: int) -> None:
    with pytest.raises(PolicyError):
        open_box(BOX[:length], SECRET)


def test_each_refusal_says_why_and_what_next() -> None:
    with pytest.raises(PolicyError, match=r"altered, or sealed with another key.*plan again"):
        open_box(BOX, "x" * 43)
    with pytest.raises(PolicyError, match=r"no sealed plan.*--bundle"):
        open_box(b"{}", SECRET)
    with pytest.raises(PolicyError, match=r"cut short. Fetch it again"):
        open_box(BOX[:20], SECRET)
    with pytest.raises(PolicyError, match=r"format version 9.*Plan again"):
        open_box(MAGIC + b"\x09" + BOX[len(MAGIC) + 1 :], SECRET)


def test_nothing_of_the_content_can_be_read_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "dev.bundle"
    before = os.umask(0)
    try:
        write_box(file, BOX)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"secret" not in file.read_bytes()
    assert list(tmp_path.iterdir()) == [file]


def test_a_key_is_needed_and_long_enough() -> None:
    with pytest.raises(UsageError, match=r"not set. Make one with .*token_urlsafe\(32\)"):
        read_sealing_key({})
    with pytest.raises(UsageError, match=r"5 characters, at least 43"):
        read_sealing_key({VARIABLE: "short"})
    with pytest.raises(UsageError, match=r"not plain ASCII"):
        read_sealing_key({VARIABLE: SECRET + "\udcff"})
    assert read_sealing_key({VARIABLE: SECRET}) == SECRET
