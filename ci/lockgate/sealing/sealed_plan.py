"""A sealed plan: what was planned, of what, by what, and how it was judged; and its refusals.

Inside the box (``sealed_box``) is a zip of the manifest, the plan file that Terraform applies, and
the same plan as JSON, which a later plan is compared with.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from lockgate.applying.destroy_limits import Approval, unapproved
from lockgate.base import documents
from lockgate.base.errors import LockgateError, PolicyError
from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate.sealing.sealed_box import close_box, open_box
from lockgate.verdict.verdict import GateVerdict
from lockgate.verdict.verdict_document import parse_verdict

_MANIFEST, _PLAN, _JSON = "manifest.json", "plan.tfplan", "plan.json"
_VERSION: Literal[1] = 1
# Clocks of two machines are not the same.
_CLOCK_SKEW = timedelta(minutes=5)
_SHORT = 12
NO_LOCK_FILE = ""


@dataclass(frozen=True)
class Surroundings:
    """What a plan was made of and by; at its apply all of it must be the same again.

    ``tree`` is git's name for the files of the commit; ``lock_file``, ``policies`` and ``inputs``
    (variable files, the backend's files, ``-var``; "" for nothing) are sha256.
    """

    environment: str
    commit: str
    tree: str
    lock_file: str
    engine: str
    policies: str
    target: str
    inputs: str = ""


@dataclass(frozen=True)
class Manifest:
    """What stands in a bundle besides the plan itself.

    ``verdict`` is a verdict's document, waivers included; ``sealed`` is in UTC.
    """

    surroundings: Surroundings
    providers: dict[str, str]
    verdict: dict[str, Any]
    approvals: tuple[Approval, ...]
    changes: bool
    sealed: datetime

    def as_json(self) -> dict[str, Any]:
        """The manifest as a JSON object."""
        own = {name: getattr(self, name) for name in _OWN}
        document = _ManifestDocument(_VERSION, **vars(self.surroundings), **own)
        written: dict[str, Any] = documents.builtins(document)
        return written

    def judged(self) -> GateVerdict:
        """The verdict in it. Raises UsageError for a document that is none."""
        return parse_verdict(self.verdict, "the verdict in the sealed plan")


@dataclass(frozen=True)
class SealedPlan:
    """A manifest, the plan file's bytes, and the plan as JSON."""

    manifest: Manifest
    plan: bytes
    document: dict[str, Any]


def seal(sealed: SealedPlan, secret: str) -> bytes:
    """The sealed plan as the bytes of a bundle."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, documents.write(sealed.manifest.as_json()))
        archive.writestr(_PLAN, sealed.plan)
        archive.writestr(_JSON, json.dumps(sealed.document))
    return close_box(packed.getvalue(), secret)


def unseal(bundle: bytes, secret: str) -> SealedPlan:
    """The sealed plan in a bundle's bytes.

    Raises PolicyError if it was altered, is of another key, or of another version.
    """
    content = open_box(bundle, secret)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = _manifest(archive.read(_MANIFEST))
            return SealedPlan(manifest, archive.read(_PLAN), documents.parse(archive.read(_JSON)))
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise PolicyError(
            f"The sealed plan holds no manifest that this Lockgate reads: {error!r}. Plan again "
            "with the Lockgate that applies."
        ) from error


class _ManifestDocument(msgspec.Struct, frozen=True):
    """The manifest as it lies in a bundle; ``sealed`` has a time zone."""

    version: Literal[1]
    environment: str
    commit: str
    tree: str
    lock_file: str
    engine: str
    policies: str
    target: str
    providers: dict[str, str]
    changes: bool
    sealed: Annotated[datetime, msgspec.Meta(tz=True)]
    approvals: tuple[Approval, ...]
    verdict: Any
    inputs: str = ""


_OWN = ("providers", "changes", "sealed", "approvals", "verdict")


def _manifest(text: bytes) -> Manifest:
    document = documents.read(text, _ManifestDocument)
    surroundings = {name: getattr(document, name) for name in Surroundings.__annotations__}
    own: dict[str, Any] = {name: getattr(document, name) for name in _OWN}
    sealed = document.sealed.astimezone(UTC)
    return Manifest(Surroundings(**surroundings), **{**own, "sealed": sealed})


def refusals(
    sealed: SealedPlan, here: Surroundings, settings: PipelineSettings, now: datetime
) -> tuple[str, ...]:
    """Why a sealed plan may not be applied here and now, each with the next step; empty if it may.

    ``now`` has a time zone.
    """
    return (
        *_age(sealed.manifest, settings, now),
        *_elsewhere(sealed.manifest.surroundings, here),
        *not_judged_to_pass(sealed, settings, now),
    )


def not_judged_to_pass(
    sealed: SealedPlan, settings: PipelineSettings, now: datetime
) -> tuple[str, ...]:
    """The refusals that are of the plan itself, wherever it is applied."""
    return (*_verdict(sealed.manifest, now), *_destroys(sealed, settings))


def other_providers(manifest: Manifest, here: dict[str, str]) -> tuple[str, ...]:
    """The refusals for providers whose versions are not those that planned."""
    return tuple(
        f"It was planned with {source} {manifest.providers.get(source, '(absent)')}, here it is "
        f"{here.get(source, '(absent)')}. Commit the lock file (.terraform.lock.hcl), plan again "
        "and have it reviewed."
        for source in sorted(manifest.providers.keys() | here.keys())
        if manifest.providers.get(source) != here.get(source)
    )


def _age(manifest: Manifest, settings: PipelineSettings, now: datetime) -> Iterator[str]:
    age = now - manifest.sealed
    if age > timedelta(hours=settings.plan_lifetime_hours):
        yield (
            f"It was sealed at {manifest.sealed:%Y-%m-%d %H:%M} UTC, and a plan lasts "
            f"{settings.plan_lifetime_hours} hours (pipeline.plan_lifetime_hours). Plan again and "
            "have it reviewed."
        )
    if age < -_CLOCK_SKEW:
        yield (
            f"It was sealed at {manifest.sealed:%Y-%m-%d %H:%M} UTC, which is yet to come. Set the "
            "clocks of the machines that plan and apply, and plan again."
        )


def _elsewhere(there: Surroundings, here: Surroundings) -> Iterator[str]:
    if there.environment != here.environment:
        yield (
            f"It is of the environment '{there.environment}', not of '{here.environment}'. Give "
            f"the bundle of {here.environment}."
        )
    if there.tree != here.tree:
        # Equal trees are equal files: a merge commit of what was planned is not another plan.
        yield (
            f"It was planned at commit {there.commit[:_SHORT]} (tree {there.tree[:_SHORT]}), and "
            f"this is {here.commit[:_SHORT]} (tree {here.tree[:_SHORT]}), with other files. Check "
            f"{there.commit[:_SHORT]} out, or plan this commit and have it reviewed."
        )
    if there.policies != here.policies:
        yield (
            f"It was judged by another policy set ({there.policies[:_SHORT]}, here "
            f"{here.policies[:_SHORT]}). Plan again with the Lockgate that applies."
        )
    if there.lock_file != here.lock_file:
        yield (
            f"It was planned with another lock file ({_hash(there.lock_file)}, here "
            f"{_hash(here.lock_file)}). Commit .terraform.lock.hcl as it is to be, and plan again."
        )
    if there.engine != here.engine:
        yield (
            f"It was planned with {there.engine}, and this is {here.engine}. Apply with the same "
            "version (--terraform), or plan again with this one."
        )
    if there.inputs != here.inputs:
        given = "with other" if there.inputs else "without"
        yield (
            f"It was planned {given} variable files or values (var_files, -var-file, -var, "
            "backend_config). Give the same ones, or plan again."
        )
    if there.target != here.target:
        yield (
            f"It was planned with --target {there.target}, and is to be applied with --target "
            f"{here.target}. Give --target {there.target}."
        )


def _verdict(manifest: Manifest, now: datetime) -> Iterator[str]:
    environment = manifest.surroundings.environment
    try:
        verdict = manifest.judged()
    except LockgateError as error:
        yield f"It holds no verdict: {error}. Plan again with the Lockgate that applies."
        return
    named = [judged.environment for judged in verdict.environments]
    if named != [environment]:
        of = ", ".join(named) or "nothing"
        yield f"Its verdict is of {of}, not of {environment}. Plan again."
    elif not verdict.passes:
        yield (
            f"Its verdict is not pass: {verdict.sentence}. `lockgate check {environment}` says "
            "where and how to fix it; then plan again."
        )
    for judged in verdict.environments:
        for finding in judged.waived:
            if finding.waived is not None and finding.waived.expires < now.astimezone(UTC).date():
                yield (
                    f"The waiver of {finding.rule} {finding.address} expired on "
                    f"{finding.waived.expires}. Fix what it waived, or ask {finding.waived.owner}; "
                    "then plan again."
                )


def _destroys(sealed: SealedPlan, settings: PipelineSettings) -> Iterator[str]:
    gone = unapproved(sealed.document, settings, sealed.manifest.approvals)
    if gone:
        names = [resource.name for resource in gone]
        options = " ".join(f"--approve '{name}'" for name in names)
        yield (
            f"It destroys or replaces what nobody approved: {', '.join(names)} (more than "
            f"{settings.maximum_destroyed} need an approval, and protected types always do). If "
            f"that is meant, plan with {options}."
        )


def _hash(value: str) -> str:
    return "none" if value == NO_LOCK_FILE else value[:_SHORT]
