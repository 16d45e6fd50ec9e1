"""Writes environments and repositories to begin with: HCL that passes the gate at once.

Nothing is ever overwritten: a file that is there is kept, and said to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.repository.environments import Overview, PlacedEnvironment, twins
from lockgate_policies.model.strategy import StrategyDecision

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_PLACE = re.compile(r"@([A-Z_]+)@")
_RANGE = re.compile(r"\b10\.(\d{1,3})\.\d{1,3}\.\d{1,3}/\d{1,2}\b")
# Names of load balancers are at most 32 characters long, and the modules add to this one.
_LONGEST_NAME = 20
NAME_PATTERN = re.compile(r"[a-z](?:[a-z0-9-]{0,16}[a-z0-9])?")
DOMAIN_PATTERN = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ENVIRONMENT_FILES = ("main.tf", "outputs.tf", "providers.tf", "versions.tf")


@dataclass(frozen=True)
class Choices:
    """What a new environment is made of; what a person must decide is marked in the files."""

    service: str
    domain: str
    bucket: str
    primary_region: str
    secondary_region: str


@dataclass(frozen=True)
class Outcome:
    """The files that were written, and those that were there and kept."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def environment_files(
    name: str, choices: Choices, block: int, *, production: bool
) -> dict[str, str]:
    """The files of an environment, by path in the repository.

    ``block`` is the second number of its address range, 10.BLOCK.0.0/16; the secondary region
    gets the next one. Raises UsageError for a name or domain that AWS would refuse.
    """
    checked_name(name, "environment")
    checked_name(choices.service, "service")
    together = f"{choices.service}-{name}"
    if len(together) > _LONGEST_NAME:
        raise UsageError(
            f"'{together}' is longer than {_LONGEST_NAME} characters: AWS names load balancers "
            "with it. Give a shorter --service or name."
        )
    if not DOMAIN_PATTERN.fullmatch(choices.domain):
        raise UsageError(f"'{choices.domain}' is no domain name such as example.com")
    letters = "abc" if production else "ab"
    profile = _template(f"environment/profile_{'production' if production else 'standard'}")
    values = {
        "NAME": name,
        "SERVICE": choices.service,
        "DOMAIN": choices.domain if production else f"{name}.{choices.domain}",
        "BUCKET": choices.bucket,
        "PRIMARY_REGION": choices.primary_region,
        "SECONDARY_REGION": choices.secondary_region,
        "PRIMARY_CIDR": f"10.{block}.0.0/16",
        "SECONDARY_CIDR": f"10.{block + 1}.0.0/16",
        "PRIMARY_ZONES": _zones(choices.primary_region, letters),
        "SECONDARY_ZONES": _zones(choices.secondary_region, letters),
    }
    values["PROFILE"] = _filled(profile, values)
    files = {
        f"envs/{name}/{file}": _filled(_template(f"environment/{file}"), values)
        for file in _ENVIRONMENT_FILES
    }
    _check_hcl(files, choices)
    return files


def _check_hcl(files: Mapping[str, str], choices: Choices) -> None:
    """Raise UsageError unless the files are HCL that says what was chosen, and nothing else.

    They are read by python-hcl2, which knows nothing of how they were made.
    """
    import hcl2  # takes a while

    for name, text in files.items():
        try:
            document = hcl2.loads(text)
        except Exception as error:  # lark's errors have no class of python-hcl2's
            raise UsageError(
                f"{name} would not be HCL. Give --bucket and regions as AWS names them: no quotes, "
                "no braces, no blanks."
            ) from error
        for settings in document.get("terraform", []):
            for backend in settings.get("backend", []):
                (arguments,) = backend.values()
                if arguments["bucket"].strip('"') != choices.bucket:
                    raise UsageError(f"'{choices.bucket}' cannot be the name of a bucket")


def repository_files(choices: Choices) -> dict[str, str]:
    """The files of a repository that stand beside its environments, by path."""
    values = {
        "PRIMARY_REGION": choices.primary_region,
        "SECONDARY_REGION": choices.secondary_region,
    }
    files = {
        "lockgate.yaml": _filled(_template("repository/lockgate.yaml"), values),
        ".gitignore": _template("repository/gitignore"),
    }
    return files | module_files()


def settings_files(
    choices: Choices, seen: Overview, strategies: Mapping[str, StrategyDecision]
) -> dict[str, str]:
    """The settings for a repository that has environments: each promoted on its own, in order.

    Where they are is written down, but for those that stand in ``envs/``: one that is added there
    counts at once. ``strategies`` are what the environments' plans show.
    """
    environments = [environment.name for environment in seen.environments]
    own_layout = all(environment.in_own_layout for environment in seen.environments)
    values = {
        "ENVIRONMENTS": environments_text(seen, strategies, places=not own_layout),
        "PRIMARY_REGION": choices.primary_region,
        "SECONDARY_REGION": choices.secondary_region,
        "STAGES": ", ".join(f"[{name}]" for name in environments),
    }
    return {"lockgate.yaml": _filled(_template("repository/settings.yaml"), values)}


def environments_text(
    seen: Overview, strategies: Mapping[str, StrategyDecision], *, places: bool
) -> str:
    """What was found, as the key ``environments`` of the settings, with the reasons as comments."""
    lines, alike = ["environments:"], twins(seen)
    for environment in seen.environments:
        lines += [f"  {_quoted(environment.name)}:", f"    # It {environment.why}."]
        if places:
            lines += _place(environment)
        if twin := alike.get(environment.name):
            lines += [
                f"    # DECIDE: what tells its state from that of {twin}?",
                "    # workspace: NAME, or backend_config: [FILE, KEY=VALUE]",
            ]
        lines += _strategy(strategies.get(environment.name))
        lines.append("    # production: true")
    if places and seen.search.left_out:
        lines.append("  # Left out, and can be named as these are:")
        lines += [f"  #   {entry.directory or '.'}: {entry.why}" for entry in seen.search.left_out]
    return "\n".join(lines)


def _place(environment: PlacedEnvironment) -> list[str]:
    files = {
        "var_files": environment.inputs.var_files,
        "backend_config": environment.inputs.backend_config,
    }
    return [
        f"    directory: {_quoted(environment.directory or '.')}",
        *(
            f"    {key}: [{', '.join(_quoted(file) for file in files[key])}]"
            for key in files
            if files[key]
        ),
    ]


def _strategy(shown: StrategyDecision | None) -> list[str]:
    """The strategy that a plan shows; one that only a person can accept is left to be decided."""
    if shown is None:
        return []
    reasons = "; ".join(shown.seen)
    if shown.counts:
        return [f"    # Its plan shows: {reasons}.", f"    strategy: {shown.strategy.value}"]
    return [
        f"    # DECIDE: its plan shows no more than this ({reasons}).",
        f"    # strategy: {shown.strategy.value}",
    ]


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever is in it."""
    plain = re.fullmatch(r"[A-Za-z0-9_./][A-Za-z0-9_./-]*", text)
    unlike = text.lower() in ("true", "false", "yes", "no", "on", "off", "null", "~")
    number = re.fullmatch(r"[0-9._]+(e[0-9]+)?", text)
    return text if plain and not unlike and not number else json.dumps(text)


def bucket_in(texts: Iterable[str]) -> str | None:
    """The first bucket that a backend of the given HCL texts names."""
    for text in texts:
        if backend := re.search(r'backend\s+"s3"\s*\{[^}]*?\bbucket\s*=\s*"([^"]+)"', text):
            return backend.group(1)
    return None


def module_files() -> dict[str, str]:
    """Lockgate's modules, by path in the repository, without their examples."""
    modules = paths.modules_dir()
    return {
        f"modules/{path.relative_to(modules).as_posix()}": path.read_text(encoding="utf-8")
        for path in sorted(modules.rglob("*"))
        if path.suffix in (".tf", ".md") and "examples" not in path.relative_to(modules).parts
    }


def checked_name(name: str, what: str) -> None:
    """Raise UsageError for a name that the modules could not put into AWS's own."""
    if not NAME_PATTERN.fullmatch(name):
        raise UsageError(
            f"'{name}' cannot name a {what}: write lower-case letters, digits and dashes, a "
            "letter first and no dash last, 18 at most."
        )


def free_block(texts: Iterable[str]) -> int:
    """The first even number from 10 on whose 10.N.0.0/16, and the next, no text mentions.

    Raises UsageError when all are taken.
    """
    taken = {int(octet) for text in texts for octet in _RANGE.findall(text)}
    for block in range(10, 255, 2):
        if not taken & {block, block + 1}:
            return block
    raise UsageError("Every range from 10.10.0.0/16 on is taken: write the environment by hand.")


def write(root: Path, files: Mapping[str, str]) -> Outcome:
    """Write the files that are not there. Raises UsageError for one that cannot be written."""
    written: list[str] = []
    kept: list[str] = []
    for name, text in files.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            kept.append(name)
        except OSError as error:
            done = f" Written before: {', '.join(written)}." if written else ""
            raise UsageError(f"{name} cannot be written: {error.strerror}.{done}") from error
        else:
            written.append(name)
    return Outcome(tuple(written), tuple(kept))


def _zones(region: str, letters: str) -> str:
    return "[" + ", ".join(f'"{region}{letter}"' for letter in letters) + "]"


def _template(name: str) -> str:
    return (_TEMPLATES / f"{name}.template").read_text(encoding="utf-8")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: values[match.group(1)], text)
