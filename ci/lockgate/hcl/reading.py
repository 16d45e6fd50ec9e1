"""Reads a file of HCL by its name."""

from __future__ import annotations

from lockgate.hcl.blocks import Block, parse_native
from lockgate.hcl.json_blocks import parse_json, parse_json_values
from lockgate.hcl.tokens import HclSyntaxError

CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json")
VARIABLES = (".tfvars", ".tfvars.json")


def parse(name: str, content: bytes) -> Block:
    """The blocks of a file of this name. Raises HclSyntaxError, also for what is not UTF-8."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise HclSyntaxError(line, "is not UTF-8 text") from error
    try:
        if name.endswith(".tfvars.json"):
            return parse_json_values(text)
        return parse_json(text) if name.endswith(".json") else parse_native(text)
    except RecursionError as error:
        raise HclSyntaxError(1, "is nested too deeply") from error
