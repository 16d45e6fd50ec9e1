"""Where security groups keep a connection from leaving the one side, or from entering the other."""

from __future__ import annotations

from dataclasses import dataclass

from .admission import Side, admitted
from .architecture import Architecture
from .attachments import Attachment
from .plan_values import UNKNOWN, Value
from .targets import Targets


@dataclass(frozen=True)
class GroupVerdict:
    """Whether security groups let a connection pass: True, False or UNKNOWN, and then why."""

    passes: Value
    groups: Targets
    why: str = ""

    @property
    def named(self) -> str:
        """The security groups in words."""
        return ", ".join(self.groups.addresses)


def lets_out(
    architecture: Architecture, source: Attachment, port: Value, side: Side
) -> GroupVerdict:
    """Whether the security groups of a source let it ask a TCP port of the other side."""
    permissions = architecture.egress_of(source.groups.resources)
    passes = UNKNOWN if port is UNKNOWN else admitted(architecture, permissions, port, side)
    unplaced = architecture.unplaced_egress
    return _verdict(source, passes, unplaced[0].groups.why if unplaced else "")


def lets_in(
    architecture: Architecture, target: Attachment, port: Value, side: Side
) -> GroupVerdict:
    """Whether the security groups of a target let the other side ask a TCP port of it."""
    permissions = architecture.ingress_of(target.groups.resources)
    passes = UNKNOWN if port is UNKNOWN else admitted(architecture, permissions, port, side)
    unplaced = architecture.unplaced_ingress
    return _verdict(target, passes, unplaced[0].groups.why if unplaced else "")


def side(attachment: Attachment) -> Side:
    """An attachment as the other side of a connection."""
    return Side(attachment.groups.resources, attachment.ranges, attachment.elsewhere)


def _verdict(attachment: Attachment, passes: Value, unplaced: str) -> GroupVerdict:
    groups = attachment.groups
    if passes is True:
        return GroupVerdict(True, groups)
    if not groups.resources or groups.gaps:
        why = groups.why or f"{attachment.resource.address} names no security group"
        return GroupVerdict(UNKNOWN, groups, why)
    if groups.looked_up:
        why = f"{', '.join(groups.looked_up)} is only looked up: its rules are not in this plan"
        return GroupVerdict(UNKNOWN, groups, why)
    if unplaced:
        return GroupVerdict(UNKNOWN, groups, f"whose a rule is, is not known: {unplaced}")
    if passes is UNKNOWN:
        why = f"the rules of {', '.join(groups.addresses)}, or the port, are not all known"
        return GroupVerdict(UNKNOWN, groups, why)
    return GroupVerdict(False, groups)
