"""The story that `lockgate demo` tells: a slip is blocked, its fix is merged, drift is found."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lockgate.base.errors import EngineError
from lockgate.demo import aws_view, place, service, trimming
from lockgate.demo.shell import Job, Shell, must, show_job
from lockgate.targets import local_aws

_REMOTE, _PLANS, _REPORTS = "shop.git", "plans", "reports"
_BRANCH, _NUMBER = "sooner", "7"
_HOLDER = ("--pull-request", _NUMBER, "--author", "ann")
# Its loss is what nobody would notice until us-east-1 is gone.
_ROUTE = "module.service.module.network_secondary.aws_route.internet"


@dataclass(frozen=True)
class Seen:
    """A step that is over: what was seen, and how long it took, in seconds."""

    title: str
    seconds: float
    what: str


def tell(terraform: str | None) -> None:
    """Tell the whole story. Raises EngineError where it does not go as it must."""
    started = time.monotonic()
    with local_aws.throw_away() as endpoint, place.throw_away(endpoint, terraform) as here:
        story = Story(Shell(here), endpoint)
        story.begin()
        story.slip_is_blocked()
        story.fix_is_sealed()
        story.merge_is_promoted()
        story.drift_is_found()
    with story.step("Throw it away") as seen:
        left = [str(pid) for pid in here.processes()]
        if left or here.directory.exists() or _answers(endpoint):
            raise EngineError(f"Something is left: {here.directory}, processes {left}, {endpoint}.")
        seen.append("no directory, no process, no server is left")
    _summary(story.seen, time.monotonic() - started)


class Story:
    """The steps, each of which needs those before it."""

    def __init__(self, shell: Shell, endpoint: str) -> None:
        self.seen: list[Seen] = []
        self._shell = shell
        self._endpoint = endpoint
        self._started = time.monotonic()
        self._applies: list[Job] = []
        self._ann = shell.place.directory / "ann"

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Announce a step; what is put into the list is what was seen when it is over."""
        begun = time.monotonic()
        click.secho(f"\n{len(self.seen)}. {title}  ({begun - self._started:.0f} s)", bold=True)
        what: list[str] = []
        yield what
        self.seen.append(Seen(title, time.monotonic() - begun, "; ".join(what)))
        click.secho(f"  → {'; '.join(what)}", bold=True)

    def begin(self, *, apply: bool = True) -> None:
        """Make the remote with three environments on main, and begin to apply them."""
        with self.step("A git remote, and three environments on its main") as seen:
            shell, ann = self._shell, self._ann
            root = shell.place.directory
            shell.git("init", "--quiet", "--bare", "-b", "main", _REMOTE, directory=root)
            shell.git("clone", "--quiet", _REMOTE, ann.name, directory=root)
            shell.git("checkout", "--quiet", "-B", "main", directory=ann, shown=False)
            written = trimming.matching(r"envs/\w+/main\.tf|lockgate\.yaml|failover_dns/main\.tf")
            shell.lockgate("init", "--service", "shop", directory=ann, trim=written)
            shell.lockgate(
                "new", "env", "staging", "--service", "shop", directory=ann, trim=written
            )
            service.promote_in_order(ann)
            self._commit("Begin", "main")
            if apply:
                main = self._clone("main")
                click.echo("  AWS takes its time over these; the pull request need not wait.")
                for name in service.ENVIRONMENTS:
                    self._applies.append(shell.begin("apply", name, directory=main))
                    show_job(self._applies[-1], trimming.nothing, " &")
            seen.append(f"{', '.join(service.ENVIRONMENTS)}{' are being applied' if apply else ''}")

    def slip_is_blocked(self) -> None:
        """Open a pull request whose slip breaks failover, and see why it is blocked."""
        with self.step(f"Pull request {_NUMBER} wants to fail over sooner, and has a slip") as seen:
            shell, ann = self._shell, self._ann
            shell.git("checkout", "--quiet", "-b", _BRANCH, directory=ann)
            service.fail_over_sooner(ann)
            service.slip(ann)
            self._commit("Fail over after two failed probes, tidy up the records", _BRANCH)
            diff = shell.git("diff", "-U0", "origin/main", "--", service.RECORDS, directory=ann)
            for line in diff.splitlines()[4:]:
                click.echo(f"    {line}")
            answer = self._look(blocked=True)
            lost = shell.lockgate(
                *("whatif", "prod", "--lose", service.REGIONS[0]),
                directory=ann,
                must=1,
                trim=trimming.matching("^NOT SURVIVED"),
            )
            must("does not answer" in lost, "whatif says that the name does not answer", lost)
            where = {
                finding["location"]
                for environment in answer["environments"]
                for finding in environment["findings"]
                if finding["rule"] == "LG_FAILOVER_2" and finding["verdict"] == "fail"
            }
            must(any(str(w).startswith(service.RECORDS) for w in where), "it names the file", lost)
            seen.append(f"BLOCKED by LG_FAILOVER_2 at {' and '.join(sorted(where))}")

    def fix_is_sealed(self) -> None:
        """Fix it, see it pass, and seal its plans, which hold the environments."""
        with self.step("The slip is fixed: it passes, and its plans are sealed") as seen:
            shell, ann = self._shell, self._ann
            service.undo_slip(ann)
            self._commit("Let the SECONDARY lead to its own region again", _BRANCH)
            self._look(blocked=False)
            self._wait_for_applies()
            for name in service.ENVIRONMENTS:
                shell.lockgate("lock", name, *_HOLDER, directory=ann)
            other = ("lock", "prod", "--pull-request", "8", "--author", "ben")
            told = shell.lockgate(*other, directory=ann, must=1)
            must(f"pull request {_NUMBER} (ann)" in told, "ben is told who holds prod", told)
            (shell.place.directory / _PLANS).mkdir()
            plans = [
                shell.begin(
                    *("plan", name, "--base", "origin/main"),
                    *("--bundle", f"../{_PLANS}/{name}.lockgate"),
                    directory=ann,
                )
                for name in service.ENVIRONMENTS
            ]
            shell.finish(plans)
            for job in plans:
                show_job(job, trimming.plan)
            seen.append("PASS; three plans sealed, three environments held for it")

    def merge_is_promoted(self) -> None:
        """Merge it, and promote what was sealed from a fresh clone of main."""
        with self.step("It is merged; main is promoted, exactly as it was sealed") as seen:
            shell = self._shell
            keeper = self._clone("keeper")
            merge = ("merge", "--quiet", "--no-ff", "-m", f"Merge pull request {_NUMBER}")
            shell.git(*merge, f"origin/{_BRANCH}", directory=keeper)
            shell.git("push", "--quiet", "origin", "main", directory=keeper)
            runner = self._clone("runner")
            commit = shell.git("rev-parse", "HEAD", directory=runner, shown=False)
            told = shell.lockgate("promote", "--bundles", f"../{_PLANS}", directory=runner)
            order = ", ".join(service.ENVIRONMENTS)
            done = f"PROMOTED: {commit[:12]} is applied and verified in {order}"
            must(done in told, f"it says '{done}'", told)
            for name in service.ENVIRONMENTS:
                must(f"{name}: done: applied" in told, f"{name} was changed", told)
                shell.lockgate("unlock", name, "--pull-request", _NUMBER, directory=runner)
            free = shell.lockgate("locks", directory=runner)
            must("No environment is locked." in free, "no lock is left", free)
            thresholds = aws_view.failure_thresholds(self._endpoint)
            must(thresholds == [2] * 6, "every health check has the new threshold", str(thresholds))
            seen.append(f"{order}: applied one after the other, each verified")

    def drift_is_found(self) -> None:
        """Delete a route by hand, and see what drift says of it."""
        with self.step("Somebody deletes a route by hand, and drift finds it") as seen:
            region, name = service.REGIONS[1], "shop-prod-secondary-public"
            table = aws_view.delete_default_route(self._endpoint, region, name)
            what = f"--route-table-id {table} --destination-cidr-block {aws_view.EVERYWHERE}"
            click.secho(f"  $ aws ec2 delete-route --region {region} {what}", fg="cyan")
            runner = self._shell.place.directory / "runner"
            told = self._shell.lockgate("drift", directory=runner, must=1)
            must(_ROUTE in told and "deleted" in told, f"{_ROUTE} is named as deleted", told)
            for environment in service.ENVIRONMENTS:
                expected = (
                    "drift: 1 changed and 1 deleted outside"
                    if environment == "prod"
                    else "no drift"
                )
                lines = [line for line in told.splitlines() if line.startswith(f"{environment} ")]
                must(any(expected in line for line in lines), f"{environment}: {expected}", told)
            must("what stands breaks the rules" in told, "prod is not highly available", told)
            seen.append("found in prod, which no longer is highly available; nothing elsewhere")

    def _look(self, *, blocked: bool) -> dict[str, Any]:
        """What a pull request's pipeline runs; the verdict as it writes it."""
        shell, ann = self._shell, self._ann
        base = ("--base", "origin/main")
        affected = shell.lockgate("affected", *base, directory=ann)
        for name in service.ENVIRONMENTS:
            must(name in affected.splitlines(), f"{name} is affected", affected)
        shell.lockgate("guard", *base, directory=ann)
        told = shell.lockgate(
            *("check", *service.ENVIRONMENTS, *base, "--report", f"../{_REPORTS}"),
            directory=ann,
            must=1 if blocked else 0,
            trim=trimming.findings_of("prod"),
        )
        answer: dict[str, Any] = json.loads(
            (shell.place.directory / _REPORTS / "verdict.json").read_bytes()
        )
        for environment in answer["environments"]:
            broken = {f["rule"] for f in environment["findings"] if f["verdict"] == "fail"}
            wanted = {"LG_FAILOVER_2", "LG_LOSS_1"} if blocked else set()
            must(broken == wanted, f"broken are {wanted or 'no rules'}, not {broken}", told)
        return answer

    def _wait_for_applies(self) -> None:
        begun = self._started

        def progress() -> None:
            said = [job.said for job in self._applies]
            counts = ", ".join(
                f"{job.arguments[1]} {service.made(lines)} made"
                for job, lines in zip(self._applies, said, strict=True)
            )
            last = [
                f"; {job.arguments[1]}: {lines[-1].strip()}"
                for job, lines in zip(self._applies, said, strict=True)
                if lines and job.process.poll() is None
            ]
            doing = last[-1] if last else ""
            click.echo(f"    {time.monotonic() - begun:3.0f} s  {counts}{doing}")

        click.echo("  The plans are made against what stands, so the applies must have ended:")
        progress()
        self._shell.finish(self._applies, progress)
        for job in self._applies:
            click.echo(f"    {job.arguments[1]} is applied: {service.made(job.said)} resources")

    def _commit(self, why: str, branch: str) -> None:
        self._shell.git("add", "--all", directory=self._ann, shown=False)
        self._shell.git("commit", "--quiet", "--message", why, directory=self._ann)
        self._shell.git("push", "--quiet", "origin", branch, directory=self._ann)

    def _clone(self, name: str) -> Path:
        where = self._shell.place.directory
        self._shell.git("clone", "--quiet", _REMOTE, name, directory=where)
        return where / name


def _answers(endpoint: str) -> bool:
    try:
        local_aws.ask(endpoint, "GET", "/moto-api/")
    except OSError:
        return False
    return True


def _summary(seen: Sequence[Seen], seconds: float) -> None:
    click.secho("\nWhat was seen", bold=True)
    for number, line in enumerate(seen):
        click.echo(f"  {number}. {line.seconds:4.0f} s  {line.title}\n            {line.what}")
    click.secho(f"\nAs it was told, in {seconds:.0f} s.", fg="green", bold=True)
