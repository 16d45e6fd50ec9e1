"""A stamped directory: complete, or built anew, whatever happened before."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.install.complete_directory import Facts, StampedDirectory

CI = Path(__file__).resolve().parents[2] / "ci"


def directory(tmp_path: Path, key: str = "one", needs: int = 0) -> StampedDirectory:
    return StampedDirectory(tmp_path / "home" / "part", key, needs)


def build(part: StampedDirectory, error: BaseException | None = None) -> list[Path]:
    calls = []

    def fill(path: Path) -> Facts:
        calls.append(path)
        (path / "half").write_text("half-done")
        if error:
            raise error
        return {"size": 9}

    part.build(fill, lambda: part.facts() is not None, print)
    return calls


def test_it_is_built_once_and_remembers_the_facts(tmp_path: Path) -> None:
    part = directory(tmp_path)
    assert part.facts() is None
    assert build(part) == [part.path]
    assert part.facts() == {"size": 9}
    assert build(part) == []


def test_another_key_builds_it_anew(tmp_path: Path) -> None:
    build(directory(tmp_path))
    (tmp_path / "home" / "part" / "old").touch()
    renewed = directory(tmp_path, key="two")
    assert renewed.facts() is None
    assert build(renewed)
    assert not (renewed.path / "old").exists()


@pytest.mark.parametrize("stamp", ["", "[]", "{}", '{"key": "one"}', '{"key": "one", "facts": 1}'])
def test_a_damaged_stamp_vouches_for_nothing(tmp_path: Path, stamp: str) -> None:
    part = directory(tmp_path)
    build(part)
    (part.path / ".complete.json").write_text(stamp)
    assert part.facts() is None
    assert build(part)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    part = directory(tmp_path)
    with pytest.raises(UsageError, match=r"disk filled up while building .*LOCKGATE_HOME"):
        build(part, OSError(errno.ENOSPC, "No space left on device"))
    assert not part.path.exists()
    assert build(part)


def test_too_little_room_is_told_before_anything_is_built(tmp_path: Path) -> None:
    part = directory(tmp_path, needs=10**18)
    with pytest.raises(UsageError, match=r"needs up to 1,000,000,000,000 MB, and .* MB are free"):
        build(part)
    assert not part.path.exists()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(UsageError, match=r"cannot build .*File exists.*LOCKGATE_HOME"):
        build(directory(tmp_path))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), UsageError("pip failed")])
def test_an_interruption_or_failure_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    part = directory(tmp_path)
    with pytest.raises(type(error)):
        build(part, error)
    assert not part.path.exists()
    assert build(part)


# Builds the directory argv[1]: a line when it starts to fill it, and it takes argv[2] seconds.
BUILDER = """
import sys, time, pathlib
from lockgate.install.complete_directory import StampedDirectory
part = StampedDirectory(pathlib.Path(sys.argv[1]), "one", 0)
def fill(path):
    (path / "half").touch()
    print("filling", flush=True)
    time.sleep(float(sys.argv[2]))
    return {}
part.build(fill, lambda: part.facts() is not None, lambda line: print(line, flush=True))
"""


def start(part: StampedDirectory, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILDER, str(part.path), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(CI)})


def test_of_two_at_once_the_second_waits_and_finds_it_done(tmp_path: Path) -> None:
    part = directory(tmp_path)
    with start(part, 1) as first:
        assert first.stdout
        assert first.stdout.readline() == "filling\n"
        with start(part, 1) as second:
            said = second.communicate(timeout=30)[0]
    assert said == f"Waiting for another set-up that is working on {part.path}\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert part.facts() == {}


def test_a_killed_builder_blocks_nobody_and_is_not_trusted(tmp_path: Path) -> None:
    part = directory(tmp_path)
    with start(part, 60) as killed:
        assert killed.stdout
        killed.stdout.readline()
        killed.send_signal(signal.SIGKILL)
    assert (part.path / "half").exists()
    assert part.facts() is None
    assert build(part)


def test_a_waiting_builder_can_be_interrupted(tmp_path: Path) -> None:
    part = directory(tmp_path)
    with start(part, 60) as first:
        assert first.stdout
        first.stdout.readline()
        timer = threading.Timer(0.5, signal.pthread_kill, [threading.get_ident(), signal.SIGINT])
        timer.start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            build(part)
        assert time.monotonic() - began < 30
        # What the other one is building is not this one's to remove.
        assert (part.path / "half").exists()
        first.kill()
