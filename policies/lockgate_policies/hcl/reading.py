"""Reads a file of HCL by its name."""

from __future__ import annotations

from .blocks import Block, parse_native
from .json_blocks import parse_json, parse_json_values
from .module_files import CONFIGURATION
from .tokens import HclSyntaxError

VARIABLES = (".tfvars", ".tfvars.json")
__all__ = ["CONFIGURATION", "VARIABLES", "parse"]


def parse(name: str, content: bytes) -> Block:
    """The blocks of a file of this name. Raises HclSyntaxError.

    Bytes that are no UTF-8 may stand in comments, and nowhere else.
    """
    text = content.decode("utf-8", "surrogateescape")
    try:
        if name.endswith(".tfvars.json"):
            return parse_json_values(text)
        return parse_json(text) if name.endswith(".json") else parse_native(text)
    except RecursionError as error:
        raise HclSyntaxError(1, "is nested too deeply") from error
