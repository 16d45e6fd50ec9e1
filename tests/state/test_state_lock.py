"""What is said of a state's lock, from Terraform's own words."""

from __future__ import annotations

import pytest

from lockgate.base.errors import UsageError
from lockgate.state.state_lock import next_step
from lockgate.state.state_unlock import must_be_id
from lockgate.targets.aws_target import AwsTarget
from lockgate.targets.embedded_target import EmbeddedTarget

_MESSAGE = """\
terraform plan failed (exit code 1):
Error: Error acquiring the state lock
Error message: operation error S3: PutObject, https response error
Lock Info:
ID:        11111111-2222-3333-4444-555555555555
Path:      bucket/dev/terraform.tfstate
Operation: OperationTypeApply
Who:       me@host
Version:   1.15.5
Created:   2026-11-25 09:00:00 +0000 UTC
Info:
"""
_HERE = EmbeddedTarget("http://127.0.0.1:1", keep_state=True)


@pytest.mark.parametrize(("target", "option"), [(_HERE, ""), (AwsTarget(), " --target aws")])
def test_the_holder_and_the_way_on_are_said_once(
    target: EmbeddedTarget | AwsTarget, option: str
) -> None:
    said = next_step(_MESSAGE, "dev", target.option)
    assert "dev is locked by me@host, who applies since 2026-11-25 09:00:00 +0000 UTC." in said
    assert f"`lockgate unlock dev --state 11111111-2222-3333-4444-555555555555{option}`" in said
    assert next_step(_MESSAGE + said, "dev", target.option) == ""


def test_of_anything_else_nothing_is_said() -> None:
    assert next_step("Error: no route to host", "dev", _HERE.option) == ""
    # Who writes the lock's object also writes what a person would copy into a shell.
    assert next_step(_MESSAGE.replace("11111111-", "$(x)"), "dev", _HERE.option) == ""


@pytest.mark.parametrize("text", ["", "-lock=false", "a b", "$(x)", "a;b"])
def test_what_cannot_be_an_id_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no lock's ID"):
        must_be_id(text)
