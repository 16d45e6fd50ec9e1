"""Runs stock checkov, all its checks on, over plans. It runs in checkov's own environment.

Standard input: ``{name: plan file}``; standard output: ``{name: [[check ID, resource], …]}``, the
failed checks.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> int:
    """Serve one request."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.plan_runner import Runner

    failed = {}
    plans = json.load(sys.stdin)
    for count, (name, plan) in enumerate(plans.items(), 1):
        runner_filter = RunnerFilter(framework=["terraform_plan"], download_external_modules=False)
        report = Runner().run(root_folder=None, files=[plan], runner_filter=runner_filter)
        failed[name] = [
            [record.check_id, record.resource_address or record.resource]
            for record in report.failed_checks
        ]
        print(f"\r{count}/{len(plans)} judged", end="", file=sys.stderr, flush=True)
    json.dump(failed, answers)
    answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
