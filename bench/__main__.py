"""Measures ``lockgate check`` beside bare Terraform and beside checkov, in one run, by turns.

The bare run is what a user would write: ``init``, ``plan`` and ``show -json`` of the same
environments with the same engine, two at a time, on copies that are already turned towards the
embedded AWS. Whole processes are timed; medians and their ratio are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import judging
from lockgate.base import paths
from lockgate.engine.provider_arguments import provider_arguments
from lockgate.install import provision
from lockgate.install.provider_binary import bundled_provider
from lockgate.repository import environments
from lockgate.targets import local_aws, provider_override, scratch
from lockgate_policies.model.hcl_reader import read_module

LIMIT = 1.25
"""The most that a check may take, as a multiple of bare Terraform's wall time."""


def main() -> int:
    """Print the figures; exit code 1 if the ratio is over the limit."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    root = paths.repository_root()
    chosen = environments.discover(root)
    with local_aws.throw_away() as endpoint, tempfile.TemporaryDirectory() as base:
        copies = [_copy(each, endpoint, Path(base) / each.name) for each in chosen]
        bare: list[float] = []
        ours: list[float] = []
        _bare(copies)
        _ours(root)
        for _ in range(arguments.runs):
            bare.append(_timed(lambda: _bare(copies)))
            ours.append(_timed(lambda: _ours(root)))
    ratio = statistics.median(ours) / statistics.median(bare)
    judged = judging.measure(arguments.runs)
    figures = {
        "environments": [each.name for each in chosen],
        "runs": arguments.runs,
        "bare_seconds": _summary(bare),
        "check_seconds": _summary(ours),
        "ratio_of_medians": round(ratio, 3),
        "limit": LIMIT,
        **judged,
    }
    if arguments.json:
        print(json.dumps(figures, indent=2))
    else:
        print(f"{len(chosen)} environments, {arguments.runs} runs each, by turns")
        print(f"  bare init + plan + show -json   {_words(bare)}")
        print(f"  lockgate check                  {_words(ours)}")
        print(f"  ratio of the medians            {ratio:.2f} (at most {LIMIT})")
        _show(judged)
    kept = all(each["times_faster"] >= each["at_least"] for each in judged["comparisons"])
    return 0 if ratio <= LIMIT and kept else 1


def _show(judged: dict[str, Any]) -> None:
    for each in judged["comparisons"]:
        theirs, ours = each["checkov"], each["lockgate"]
        print(f"\n{each['what']}, {each['runs']} runs each, by turns: medians, largest memory")
        print(f"  checkov command   {theirs['seconds']:6.2f} s  {theirs['megabytes']:5.0f} MB")
        print(f"  lockgate check    {ours['seconds']:6.2f} s  {ours['megabytes']:5.0f} MB")
        print(f"  times faster      {each['times_faster']:6.1f}    (at least {each['at_least']})")
    print("\ngrowth of lockgate check --plan")
    for each in judged["growth"]:
        print(
            f"  {each['resources']:>5} resources  {each['seconds']:6.2f} s  {each['megabytes']} MB"
        )


def _copy(environment: environments.Environment, endpoint: str, place: Path) -> Path:
    """A copy that bare Terraform can plan without an account."""
    with scratch.scratch_copy(environment) as made:
        inside = environment.directory.relative_to(environment.root)
        shutil.copytree(made.parents[len(inside.parts) - 1], place, symlinks=True)
    facts = read_module(environment.directory, environment.root)
    aliases = [block["alias"] for block in facts["providers"]]
    backend = provider_override.local_backend()
    takes = provider_arguments(bundled_provider())
    providers = provider_override.provider_override(aliases, endpoint, takes)
    document = provider_override.override(backend, providers)
    (place / inside / provider_override.FILE_NAME).write_text(json.dumps(document))
    return place / inside


def _bare(copies: list[Path]) -> None:
    config = provision.ensure_provider().cli_config
    settings = {**os.environ, "TF_CLI_CONFIG_FILE": str(config), "CHECKPOINT_DISABLE": "1"}
    terraform = str(paths.repository_root() / "scripts" / "terraform")

    def plan(directory: Path) -> None:
        shutil.rmtree(directory / ".terraform", ignore_errors=True)
        (directory / ".terraform.lock.hcl").unlink(missing_ok=True)
        for command in (["init", "-input=false"], ["plan", "-input=false", "-out=p"]):
            subprocess.run(
                [terraform, *command],
                cwd=directory,
                env=settings,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        with (directory / "plan.json").open("wb") as out:
            show = [terraform, "show", "-json", "p"]
            subprocess.run(show, cwd=directory, env=settings, check=True, stdout=out)

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(plan, copies))


def _ours(root: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "lockgate", "check"],
        cwd=root,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _summary(seconds: list[float]) -> dict[str, float]:
    return {
        "min": round(min(seconds), 3),
        "median": round(statistics.median(seconds), 3),
        "max": round(max(seconds), 3),
    }


def _words(seconds: list[float]) -> str:
    found = _summary(seconds)
    return f"median {found['median']:.2f} s  (min {found['min']:.2f}, max {found['max']:.2f})"


if __name__ == "__main__":
    sys.exit(main())
