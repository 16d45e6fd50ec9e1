"""Makes the checkout's .venv from requirements/dev.txt, with nothing but Python itself."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        "error: Lockgate needs Python 3.11 or newer, and %s is %d.%d. "
        "Name another one: make setup PYTHON=python3.12" % (sys.executable, *sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "ci"))

from lockgate.base.errors import Interrupted, LockgateError  # noqa: E402
from lockgate.install.slow_command import Say  # noqa: E402
from lockgate.install.virtual_environment import VirtualEnvironment  # noqa: E402

# Bytes, measured and rounded up: the bindings of the newest provider take half of it.
NEEDS = 1_500_000_000
LINK = "lib/python*/site-packages/lockgate.pth"
IMPORTED = "../../../../ci\n../../../../policies\n"


def make_environment(root: Path, say: Say) -> None:
    """Build `root`/.venv unless it is ready, and make `lockgate` importable and callable there."""
    environment = VirtualEnvironment(root / ".venv", root / "requirements" / "dev.txt", NEEDS)

    launcher = environment.path / "bin" / "lockgate"

    def linked() -> str:
        return "".join(path.read_text("utf-8") for path in environment.path.glob(LINK))

    def link_checkout() -> None:
        (packages,) = environment.path.glob("lib/python*/site-packages")
        (packages / "lockgate.pth").write_text(IMPORTED, "utf-8")
        if not launcher.is_symlink():
            launcher.symlink_to("../../scripts/lockgate")

    environment.build(say, link_checkout)
    # An environment that an older checkout made may lead to its places.
    if linked() != IMPORTED:
        link_checkout()


def main() -> int:
    """Make the environment; return the exit code."""
    try:
        make_environment(ROOT, lambda line: print(line, flush=True))
    except LockgateError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return Interrupted.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
