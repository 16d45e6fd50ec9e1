"""Every command that the documentation shows works, or is covered by the test named here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from lockgate.base import paths

ROOT = paths.repository_root(Path(__file__))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("modules/*/README.md")])

# What is too slow to run here, needs a real account, or changes the checkout, with what covers it.
ELSEWHERE = {
    "make check": "tests/commands/test_check.py and this file's run of lockgate check",
    "make test": "is running now",
    "make setup": "tests/install",
    "make demo": "tests/demo/test_story.py, its first steps; the rest holds itself to what it says",
    "lockgate demo dev": "tests/commands/test_apply.py and test_environment.py do as much",
    "make lint": "is part of make test",
    "make docs": "tests/docs/test_site.py builds the same site",
    "make bench-full": "prints figures and is never part of a test; bench/ says what it does",
    "make bench": "prints figures and is never part of a test; bench/ says what it does",
    "make mutation": "tests/policies/mutation/test_mutation.py judges the same mutants",
    "lockgate check prod": "this file: test_the_broken_example_says_what_the_readme_shows",
    "lockgate check": "this file: test_the_summary_is_what_check_prints",
    "lockgate record prod --target aws": (
        "needs a real account; on the embedded AWS: tests/judging/test_recorded_look_ups.py"
    ),
    "lockgate check prod -var image_tag=v7": "tests/judging/test_planned_with_inputs.py",
    "lockgate init": "tests/commands/test_scaffold.py",
    "lockgate check --json": "tests/commands/test_check.py",
    "lockgate check --plan plan.json": "tests/commands/test_check_plans.py",
    "lockgate check --plan plans": "tests/commands/test_check_plans.py",
    "lockgate check --plan prod=plans/prod": "tests/commands/test_check_plans.py",
    "lockgate check --report reports": "tests/commands/test_check.py",
    "lockgate verdict reports/dev reports/prod --expect dev --expect prod": (
        "tests/verdict/test_verdict_merge.py"
    ),
    "lockgate setup": "tests/install/test_wheel.py",
    "lockgate apply dev": "tests/commands/test_apply.py, on a smaller environment",
    "lockgate destroy dev": "tests/commands/test_apply.py, on a smaller environment",
    "lockgate local up": "tests/targets/test_local_aws.py and tests/commands/test_apply.py",
    "lockgate local down": "tests/targets/test_local_aws.py and tests/commands/test_apply.py",
    "lockgate check --target aws prod": "needs a real account",
    "lockgate promote": "tests/commands/test_promote.py",
    "lockgate promote --status": "tests/commands/test_promote.py",
    "lockgate promote --resume": "tests/commands/test_promote.py",
    "lockgate promote --target aws --bundles plans": "needs a real account and sealed plans",
    "lockgate lock prod --pull-request 7 --author ann": "tests/locks/test_environment_locks.py",
    "lockgate bootstrap --dry-run --target aws": (
        "needs an account; on the embedded AWS: tests/state/test_state_bootstrap.py"
    ),
    "lockgate bootstrap --target aws": (
        "needs an account; on the embedded AWS: tests/state/test_state_bootstrap.py"
    ),
    "lockgate comment --host github verdict": "tests/hosts/test_comment.py, on a local server",
    "lockgate comment --host gitlab verdict": "tests/hosts/test_comment.py, on a local server",
    ".venv/bin/python -m bench.drill": (
        "takes minutes and prints figures; what it counts: tests/drill/test_drill_bench.py"
    ),
    "lockgate drill prod --time-scale 20": "tests/drill/test_drill_command.py, on smaller ones",
    "lockgate drill prod --fault slow --picture timeline.svg": (
        "tests/drill/test_drill_command.py, on smaller ones"
    ),
    "lockgate drill prod --target aws": (
        "needs a real account; on the embedded API: tests/drill/test_live_drill.py"
    ),
    "lockgate drill prod --target aws --confirm prod": (
        "needs a real account; on the embedded API: tests/drill/test_live_drill.py"
    ),
    "lockgate drill --revert": (
        "needs a real account; on the embedded API: tests/drill/test_live_drill.py"
    ),
    "lockgate drift": "tests/commands/test_drift.py",
    "lockgate drift prod --target aws --issue issue.md": (
        "needs a real account; on the embedded AWS: tests/commands/test_drift.py"
    ),
    "lockgate apply prod --target aws": "needs an account; asks: tests/commands/test_apply.py",
    "lockgate plan prod --target aws --bundle prod.lockgate": (
        "needs a real account; on the embedded AWS: tests/commands/test_sealed_plan.py"
    ),
    "lockgate plan prod --bundle prod.lockgate --approve aws_s3_bucket.old": (
        "tests/commands/test_sealed_plan.py, on a smaller environment"
    ),
    "lockgate apply prod.lockgate --show": "tests/commands/test_sealed_plan.py",
    "lockgate apply prod.lockgate --target aws": (
        "needs a real account; on the embedded AWS: tests/commands/test_sealed_plan.py"
    ),
    "pip install lockgate-0.1.0-py3-none-any.whl": "tests/install/test_wheel.py",
    "lockgate plan prod --out plan.json": "tests/commands/test_check.py",
    "checkov -f plan.json --framework terraform_plan --external-checks-dir "
    "policies/lockgate_policies/checkov "
    "--skip-download": "tests/commands/test_check.py",
    ".venv/bin/python scripts/record_plans.py tests/policies/rules/LG_LB_99.yaml": (
        "tests/policies/test_adding_a_rule.py"
    ),
    ".venv/bin/python scripts/record_plans.py": "tests/policies/test_recording.py",
    ".venv/bin/python scripts/try_repositories.py --overlays overlays ../shop "
    "../checkout-service": "tests/commands/test_try_repositories.py",
    ".venv/bin/python scripts/mutation.py --record": "test_mutation.py says when it is due",
    ".venv/bin/python -m pytest -q tests/policies/test_rule_cases.py": "is running now",
    "lockgate policies --markdown > docs/policies.md": "tests/policies/test_policy_pages.py",
}
# What a documented command may answer with besides 0: "it is not up" is an answer.
ANSWERS = {"lockgate local status": (0, 1), "lockgate local status --json": (0, 1)}


def _commands() -> list[str]:
    commands: dict[str, None] = {}
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL):
            commands.update(
                (line[2:], None) for line in block.splitlines() if line.startswith("$ ")
            )
    return list(commands)


@pytest.mark.parametrize("command", [c for c in _commands() if c not in ELSEWHERE])
def test_a_documented_command_works(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "lockgate", f"not run here: say in ELSEWHERE what covers `{command}`"
    finished = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "lockgate"), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode in ANSWERS.get(command, (0,)), finished.stderr
    assert finished.stdout


def test_nothing_is_excused_that_is_not_documented() -> None:
    assert set(ELSEWHERE) <= set(_commands())


def test_what_covers_a_command_exists() -> None:
    for reason in ELSEWHERE.values():
        for path in re.findall(r"tests/[\w/.]+\w", reason):
            assert (ROOT / path).exists(), path


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if not link.startswith(("http://", "https://", "<")):
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_summary_is_what_check_prints() -> None:
    shown = (ROOT / "README.md").read_text().split("$ make check\n")[1].split("```")[0]
    finished = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "lockgate"), "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    printed = [line.rstrip() for line in finished.stdout.splitlines() if line.strip()]
    summary = re.compile(r"(dev|prod|staging) +\d|PASS")
    lines = [line for line in shown.splitlines() if line and line != "..."]
    first = next(number for number, line in enumerate(lines) if summary.match(line))
    # What is shown is printed in this order, and of the summary nothing is left out.
    waiting = iter(printed)
    assert [line for line in lines[first:] if line not in waiting] == []
    assert [line for line in printed if summary.match(line) and line not in lines] == []


def test_the_first_verdict_is_what_the_readme_shows(tmp_path: Path) -> None:
    """In a repository that is not ours, with nothing written before."""
    shutil.copytree(ROOT / "tests" / "docs" / "shop", tmp_path / "shop")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "shop", check=True)
    finished = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "lockgate"), "check"],
        cwd=tmp_path / "shop",
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1, finished.stderr
    said = [*finished.stderr.splitlines(), *finished.stdout.splitlines()]
    printed = [" ".join(line.rstrip("│ ").split()) for line in said]
    shown = (ROOT / "README.md").read_text().split("$ lockgate check\n")[1].split("```")[0]
    lines = [" ".join(line.split()) for line in shown.splitlines() if line and line != "..."]
    assert len(lines) == 9
    waiting = iter(printed)
    assert [line for line in lines if line not in waiting] == [], finished.stdout


def test_the_broken_example_says_what_the_readme_shows(tmp_path: Path) -> None:
    for name in ("envs", "modules"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(tmp_path)], check=True)
    (tmp_path / "lockgate.yaml").write_text((ROOT / "lockgate.yaml").read_text())
    records = tmp_path / "modules" / "failover_dns" / "main.tf"
    right = "fqdn              = var.primary_load_balancer_dns_name"
    assert records.read_text().count(right) == 1
    records.write_text(records.read_text().replace(right, right.replace("primary", "secondary")))
    finished = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "lockgate"), "check", "prod"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    shown = (ROOT / "README.md").read_text().split("$ lockgate check prod\n")[1].split("```")[0]
    words = [line.split("│")[-1].strip() for line in shown.splitlines() if line.startswith("│")]
    counts = [line.strip() for line in shown.splitlines() if line.startswith("prod ")]
    assert counts
    for line in [*words, *counts, "FAIL: prod: 1 rule(s) broken"]:
        assert line in finished.stdout, line
