"""Which regions hold backups of a data store that were copied there, as far as the plan tells.

Sources: https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html and
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_dict, as_list, as_text

if TYPE_CHECKING:
    from .architecture import Architecture

_PLAN = "aws_backup_plan"
_SELECTION = "aws_backup_selection"
_VAULTS = ("aws_backup_vault", "aws_backup_logically_air_gapped_vault")
_ARN = re.compile(r"^arn:[^:]*:[^:]*:(?P<region>[a-z0-9-]+):")
# What copies one resource by naming it: the type, and the argument with the name.
_REPLICATIONS = {
    "aws_db_instance_automated_backups_replication": "source_db_instance_arn",
    "aws_efs_replication_configuration": "source_file_system_id",
}


@dataclass(frozen=True)
class BackupCopies:
    """The regions of the copies, and why there may be more."""

    regions: frozenset[str]
    gaps: tuple[str, ...]


def backup_regions(architecture: Architecture, store: Resource) -> BackupCopies:
    """Where backups of a data store are copied to, other than its own region."""
    regions: list[Value] = []
    gaps: list[str] = []
    for kind, argument in _REPLICATIONS.items():
        for replication in architecture.of_type(kind):
            source = architecture.targets(replication, argument)
            if store in source.resources:
                regions += _of_replication(architecture, replication)
            elif source.gaps:
                gaps.append(source.why)
    for selection in architecture.of_type(_SELECTION):
        selected = _selects(architecture, selection, store)
        if selected is False:
            continue
        for plan in architecture.targets(selection, "plan_id", _PLAN).resources:
            copied = list(_copied_to(architecture, plan))
            if selected is True:
                regions += copied
            elif copied:
                gaps.append(f"whether {selection.address} selects it is not known")
    if UNKNOWN in regions:
        gaps.append("the region of one of its backup copies is not known")
    home = architecture.region(store)
    known = frozenset(str(region) for region in regions if region not in (UNKNOWN, home))
    return BackupCopies(known, tuple(dict.fromkeys(gaps)))


def _of_replication(architecture: Architecture, replication: Resource) -> Iterator[Value]:
    """EFS names the region it copies to; automated backups are copied to the provider's own."""
    destinations = replication.blocks("destination")
    for destination in destinations:
        zone = as_text(destination.get("availability_zone_name"))
        yield as_text(destination.get("region")) or (zone[:-1] if zone else UNKNOWN)
    if not destinations:
        yield architecture.region(replication)


def _selects(architecture: Architecture, selection: Resource, store: Resource) -> Value:
    """Whether a selection takes a data store: by its ARN, a pattern, or a tag that it has."""
    named = architecture.candidates(selection, "resources")
    if store in named.resources:
        return True
    patterns = [text for text in as_list(selection.value("resources")) if isinstance(text, str)]
    if "*" in patterns:
        return True if not selection.blocks("selection_tag") else _tagged(selection, store)
    if selection.blocks("selection_tag"):
        return _tagged(selection, store)
    if patterns or named.gaps or selection.value("condition"):
        return UNKNOWN
    return False


def _tagged(selection: Resource, store: Resource) -> Value:
    """Whether any of the tags that are asked for is there: one is enough."""
    tags = store.value("tags_all")
    if tags is None or tags is UNKNOWN:
        tags = store.value("tags")
    if tags is UNKNOWN:
        return UNKNOWN
    answers: list[Value] = []
    for wanted in selection.blocks("selection_tag"):
        has = as_dict(tags).get(str(wanted.get("key")))
        unknown = UNKNOWN in (has, wanted.get("key"), wanted.get("value"))
        answers.append(UNKNOWN if unknown else has is not None and has == wanted.get("value"))
    if True in answers:
        return True
    return UNKNOWN if UNKNOWN in answers else False


def _copied_to(architecture: Architecture, plan: Resource) -> Iterator[Value]:
    """The regions of the vaults that a backup plan copies to."""
    for number, rule in enumerate(plan.blocks("rule")):
        for index, action in enumerate(as_list(rule.get("copy_action"))):
            path = f"rule.{number}.copy_action.{index}.destination_vault_arn"
            vaults = architecture.candidates(plan, path, *_VAULTS).resources
            arn = _ARN.match(as_text(as_dict(action).get("destination_vault_arn")) or "")
            if arn:
                yield arn["region"]
            elif vaults:
                yield from (architecture.region(vault) for vault in vaults)
            else:
                yield UNKNOWN
