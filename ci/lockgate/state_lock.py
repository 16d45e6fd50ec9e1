"""What to do about a state's lock that its holder, killed, did not release itself."""

from __future__ import annotations

import re

from lockgate.environments import Environment
from lockgate.target import STATE_BUCKET, EmbeddedTarget, Target

_LOCK = re.compile(r"Error acquiring the state lock.*?^\s*ID:\s+(\S+)", re.DOTALL | re.MULTILINE)
_SAID = "Somebody holds the lock of this state"


def next_step(message: str, environment: Environment, target: Target) -> str:
    """How to go on after Terraform's message; "" if it is of no lock, or says so already."""
    found = _LOCK.search(message)
    if found is None or _SAID in message:
        return ""
    if isinstance(target, EmbeddedTarget):
        release = (
            f"aws --endpoint-url {target.endpoint} s3 rm "
            f"s3://{STATE_BUCKET}/{environment.name}/terraform.tfstate.tflock"
        )
    else:
        release = f"terraform -chdir=envs/{environment.name} force-unlock {found.group(1)}"
    return (
        f"\n{_SAID}, since when and where it says above. If that process is at work, wait for it; "
        f"if it was killed, release the lock: `{release}`"
    )
