"""Promotes a repository's environments on a target: what `lockgate promote` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.applying import verification
from lockgate.base.errors import Interrupted, UsageError
from lockgate.base.lock_holder import now
from lockgate.engine.engine import Engine
from lockgate.judging.environment_check import open_judge
from lockgate.promotion.promotion import Promotion, choose_stages
from lockgate.promotion.promotion_journal import PromotionJournals, open_promotion_bucket
from lockgate.promotion.promotion_lease import PromotionLease, describe, is_stale
from lockgate.promotion.promotion_locks import open_locks
from lockgate.promotion.promotion_run import Promoter
from lockgate.repository import environments
from lockgate.repository.environments import Environment
from lockgate.repository.pipeline_settings import PipelineSettings, read_pipeline_settings
from lockgate.repository.settings import read_settings_document
from lockgate.repository.working_tree import clean_commit
from lockgate.sealing.reviewed_bundle import Bundles
from lockgate.targets.target_selection import for_apply

Say = Callable[[str], None]


@dataclass(frozen=True)
class Course:
    """What a repository promotes, in the order of its settings; ``stages`` are those asked for."""

    root: Path
    environments: Mapping[str, Environment]
    settings: PipelineSettings
    stages: tuple[tuple[str, ...], ...]
    named: bool
    """Whether they were asked for by name."""

    @property
    def chosen(self) -> list[Environment]:
        """The environments that are asked for."""
        return [self.environments[name] for stage in self.stages for name in stage]

    @property
    def every(self) -> list[Environment]:
        """All of them: the same journal is theirs, whichever are asked for."""
        return [self.environments[name] for stage in self.settings.promotion for name in stage]


@dataclass(frozen=True)
class Status:
    """How far the last promotion got, and who is at it; "" if nobody is."""

    last: Promotion | None
    doing: str


def read_course(root: Path, names: Sequence[str]) -> Course:
    """The course through a repository, only with ``names`` if any are given.

    Raises UsageError if the settings have no order, or do not fit the environments there are.
    """
    environments_by_name = {
        environment.name: environment for environment in environments.discover(root)
    }
    settings = read_pipeline_settings(read_settings_document(root))
    stages = choose_stages(settings.promotion, list(environments_by_name), names)
    return Course(root, environments_by_name, settings, stages, named=bool(names))


def promote_on(
    target_name: str,
    course: Course,
    engine: Engine,
    say: Say,
    *,
    resume: bool = False,
    bundles: Path | None = None,
    secret: str = "",
    pull_request: int | None = None,
) -> Promotion:
    """Promote the commit that is checked out, and say how far it got.

    With ``bundles``, a directory of plans that are sealed under ``secret``, these are applied.
    ``pull_request`` is the one that was merged. Raises UsageError for files that are not a
    commit's, or nothing to resume; PolicyError while another promotion is under way; EngineError
    if the journal cannot be kept; Interrupted when the user stopped it.
    """
    commit = clean_commit(course.root)
    with for_apply(target_name, course.root, say, engine) as target:
        bucket = open_promotion_bucket(target, course.every)
        journals = PromotionJournals(bucket)
        with PromotionLease(bucket).held(commit, say):
            begun = Promotion(commit, course.stages, started=now().isoformat())
            if resume:
                begun = _resumed(journals, commit, course)
            chosen = [course.environments[n] for n in begun.names if n in course.environments]
            settings = course.settings
            with open_judge(chosen, resolve=engine) as judge:
                sealed = None
                if bundles is not None:
                    roots = [root for environment in chosen for root in environment.roots]
                    sealed = Bundles.of(roots, settings, engine, target_name, secret)
                promoter = Promoter(
                    course.environments,
                    target,
                    engine,
                    judge,
                    journals,
                    say,
                    drills=settings.verify_with_drill,
                    drill_arguments=verification.drill_arguments(
                        target_name, settings.drill_time_scale
                    ),
                    bundles=bundles,
                    open_bundle=sealed.read if sealed else None,
                    locks=open_locks(target, chosen, pull_request),
                )
                journals.begin(begun)
                try:
                    return promoter.run(begun)
                except KeyboardInterrupt as interrupt:
                    raise Interrupted(
                        "Interrupted. Terraform finished what it had begun, saved the states and "
                        "released the locks. `lockgate promote --resume` goes on from there."
                    ) from interrupt


def status_on(target_name: str, course: Course, say: Say) -> Status:
    """How far the last promotion on a target got; changes nothing."""
    with for_apply(target_name, course.root, say) as target:
        bucket = open_promotion_bucket(target, course.every)
        last, held = PromotionJournals(bucket).latest(), PromotionLease(bucket).holder()
    if last is None or held is None:
        return Status(last, "")
    if is_stale(held):
        killed = f"{describe(held)} was killed. `lockgate promote --resume` goes on from there."
        return Status(last, killed)
    return Status(last, f"Under way: {describe(held)}.")


def _resumed(journals: PromotionJournals, commit: str, course: Course) -> Promotion:
    journal = journals.read(commit)
    if journal is None:
        raise _not_resumed(journals.latest(), commit)
    begun = journal.resumed()
    if course.named and course.stages != begun.stages:
        raise UsageError(
            "--resume goes on with the environments it was begun with: "
            f"{', '.join(begun.names)}. Leave the names out."
        )
    return begun


def _not_resumed(last: Promotion | None, commit: str) -> UsageError:
    if last is None:
        return UsageError("There is no promotion to resume. Begin one with `lockgate promote`.")
    return UsageError(
        f"The last promotion is of commit {last.commit[:12]} ({last.state}), and this is commit "
        f"{commit[:12]}: what was verified there says nothing of this one. Begin a new one with "
        f"`lockgate promote`, or check {last.commit[:12]} out to go on with it."
    )
